"""Rights in the store's admin: by role and area, from one table."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from stores.admin.site import staff_asking
from stores.roles import Area


class RightsByArea:
    """Rights come from the table of roles, by area; Django's permissions mean nothing here."""

    area: Area

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether this person may see what is in the area."""
        staff = staff_asking(request)
        return staff is not None and staff.may_view(self.area)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether this person may change what is in the area."""
        staff = staff_asking(request)
        return staff is not None and staff.may_change(self.area)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether this person may add to the area."""
        return self.has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is deleted unless its list says so: what was sold is retired."""
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the area shows at all."""
        return self.has_view_permission(request)
