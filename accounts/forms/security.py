"""What people type to guard their account, to change its address, and to leave."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.door import NormalAddressField
from accounts.models import User
from stores.forms import CleanTextMixin

LONGEST_PASSWORD = 128
CURRENT = {"autocomplete": "current-password", "dir": "ltr"}
NEW = {"autocomplete": "new-password", "dir": "ltr"}
ONE_TIME = {"inputmode": "numeric", "autocomplete": "one-time-code", "dir": "ltr"}


class PasswordField(forms.CharField):
    """A password, exactly as typed."""

    def __init__(self, *, attrs: dict[str, Any], **options: Any) -> None:
        widget = forms.PasswordInput(attrs=attrs)
        super().__init__(strip=False, max_length=LONGEST_PASSWORD, widget=widget, **options)


class PasswordSignInForm(forms.Form):
    """An address and its password."""

    email = NormalAddressField(label=gettext_lazy("Your email"))
    password = PasswordField(label=gettext_lazy("Your password"), attrs=CURRENT)


class PasswordAgainForm(forms.Form):
    """The password of who is signed in."""

    password = PasswordField(label=gettext_lazy("Your password"), attrs=CURRENT)


class NewPasswordForm(forms.Form):
    """A password to come in with beside the code."""

    password = PasswordField(
        label=gettext_lazy("A password"),
        attrs=NEW,
        help_text=gettext_lazy("At least eight characters; a whole sentence is best."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        """Refuse what is guessed first."""
        password = str(self.cleaned_data["password"])
        validate_password(password, self.user)
        return password


class StepForm(CleanTextMixin, forms.Form):
    """A code of the authenticator app, or one of the recovery codes."""

    code = forms.CharField(
        label=gettext_lazy("The code your app shows, or a recovery code"),
        max_length=40,
        widget=forms.TextInput(attrs=ONE_TIME),
    )


class AppForm(CleanTextMixin, forms.Form):
    """The first code of a new authenticator app."""

    code = forms.CharField(
        label=gettext_lazy("The code the app shows now"),
        max_length=40,
        widget=forms.TextInput(attrs=ONE_TIME),
    )


class NewAddressForm(CleanTextMixin, forms.Form):
    """The address to change to."""

    email = NormalAddressField(label=gettext_lazy("The new address"))
    old_is_gone = forms.BooleanField(
        label=gettext_lazy("I cannot read mail at the old address any more"), required=False
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_email(self) -> str:
        """Refuse the address it is already."""
        email = str(self.cleaned_data["email"])
        if email == self.user.email:
            raise forms.ValidationError(_("This is your address already."))
        return email


class LeaveForm(CleanTextMixin, forms.Form):
    """A word typed, so that nobody leaves by a slip of the finger."""

    sure = forms.BooleanField(
        label=gettext_lazy("Yes, forget me here. It cannot be undone."),
        error_messages={"required": gettext_lazy("Tick this if you are sure.")},
    )
