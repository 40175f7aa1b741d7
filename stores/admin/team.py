"""The roles in words."""

from __future__ import annotations

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy, pgettext_lazy

from stores.roles import Role

ROLE_NAMES = {
    Role.OWNER: pgettext_lazy("role", "owner"),
    Role.MANAGER: pgettext_lazy("role", "manager"),
    Role.COACH: pgettext_lazy("role", "coach"),
    Role.AUTHOR: pgettext_lazy("role", "author"),
    Role.SUPPORT: pgettext_lazy("role", "support"),
}
ROLE_SENTENCES = {
    Role.OWNER: gettext_lazy("Sees and changes everything, the team and the money included."),
    Role.MANAGER: gettext_lazy("Everything but the team and the settings."),
    Role.COACH: gettext_lazy("Sees products and customers, changes nothing."),
    Role.AUTHOR: gettext_lazy("Makes and changes products; sees no customers."),
    Role.SUPPORT: gettext_lazy(
        "Helps customers: access and mails; sees orders, gives no money back."
    ),
}


def role_choices() -> list[tuple[str, str]]:
    """Return the roles, each with what it may do."""
    return [(role, f"{capfirst(ROLE_NAMES[role])}: {ROLE_SENTENCES[role]}") for role in Role]
