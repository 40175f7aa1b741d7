"""What people type: at the door, to guard their account, and to open a store."""

from accounts.forms.door import (
    AddressForm,
    CodeForm,
    CustomerForm,
    NewsForm,
    NormalAddressField,
    StartForm,
)

__all__ = [
    "AddressForm",
    "CodeForm",
    "CustomerForm",
    "NewsForm",
    "NormalAddressField",
    "StartForm",
]
