"""The answers a shop gives often."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy, pgettext_lazy

from conversations.forms import SavedAnswerForm
from conversations.models import SavedAnswer
from core.text import clean_line
from stores.admin import Group, MenuItem, Row, StoreModelAdmin, site
from stores.roles import Area


class SavedAnswerAdmin(StoreModelAdmin):
    """Inbox → Saved answers."""

    area = Area.CUSTOMERS
    menu = MenuItem(Group.INBOX, pgettext_lazy("menu", "Saved answers"), 9, within="inbox")
    form = SavedAnswerForm
    add_verb = gettext_lazy("New saved answer")
    lead = gettext_lazy("Answers you give often. One tap puts one into the letter you write.")
    empty = gettext_lazy("Keep an answer here once you have written it a second time.")
    search_fields = ("title", "text")
    ordering = ("title",)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """What it answers, and the answer."""
        return ((None, {"fields": ("title", "text")}),)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They are only words to begin from."""
        return self.has_change_permission(request, obj)

    def row(self, request: HttpRequest, item: SavedAnswer) -> Row:
        """Return what it answers, and how it begins."""
        return Row(name=item.title, url=self.url_of(item), detail=clean_line(item.text)[:120])


site.register(SavedAnswer, SavedAnswerAdmin)
