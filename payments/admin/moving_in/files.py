"""The list of files people came with, and one file: how far it is, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from core import clock
from payments.admin.moving_in.letters import LetterViews, answers_of
from payments.admin.moving_in.pages import LineViews
from payments.admin.moving_in.steps import StepViews
from payments.models import MoveIn, RenewHere
from payments.services.moving_in import taking_back, working
from payments.services.moving_in.words import counts_in_words
from stores.admin import Group, MenuItem, ReadAdmin, Row, site
from stores.roles import Area

State = MoveIn.State
TONES = {State.DONE: "good", State.UNDONE: "empty"}
LOOK_AGAIN_SECONDS = 3


class MoveInAdmin(StepViews, LetterViews, LineViews, ReadAdmin):
    """The files a store's people came with, newest first."""

    area = Area.REFUNDS
    menu = MenuItem(
        Group.SETTINGS, pgettext_lazy("menu", "Move people in"), 9, within="stores.archive"
    )
    lead = gettext_lazy(
        "People who pay elsewhere come here with what they have, since when, and what they pay."
    )
    empty = gettext_lazy(
        "Bring a table of your members. First it is tried out: you see what would happen to"
        " each, and nothing does."
    )
    add_verb = gettext_lazy("Bring a file")
    change_list_template = "payments/admin/move_ins.html"
    change_form_template = "payments/admin/move_in.html"
    ordering = ("-id",)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add each step, and what is downloaded."""
        wrap = self.admin_site.admin_view
        pages = {
            "columns": self.columns_view,
            "rows": self.rows_view,
            "begin": self.begin_view,
            "discard": self.discard_view,
            "undo": self.undo_view,
            "letters": self.letters_view,
            "answers": self.answers_view,
            "withdraw": self.withdraw_view,
        }
        own = [
            path(f"<int:pk>/{name}/", wrap(view), name=f"payments_movein_{name}")
            for name, view in pages.items()
        ]
        return [
            path("new/", wrap(self.new_view), name="payments_movein_new"),
            path("template.csv", wrap(self.template_view), name="payments_movein_template"),
            path("<int:pk>/mend.csv", wrap(self.mend_view), name="payments_movein_mend"),
            path(
                "<int:pk>/answers/<int:access_pk>/",
                wrap(self.withdraw_one_view),
                name="payments_movein_withdraw_one",
            ),
            *own,
            *super().get_urls(),
        ]

    def add_url(self, request: HttpRequest) -> str:
        """Return where a file is brought."""
        return self.url_for("new") if self.has_change_permission(request) else ""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to the template, too."""
        extra = {"template_url": self.url_for("template"), **(extra_context or {})}
        return super().changelist_view(request, extra)

    def title_of(self, item: MoveIn) -> str:
        """Return its day and its name; the day first, whose language is the page's."""
        return f"{date_format(localtime(item.created_at))} · {item}"

    def row(self, request: HttpRequest, item: MoveIn) -> Row:
        """Return a file, how far it is, and how many lines it has."""
        return Row(
            name=self.title_of(item),
            url=self.url_of(item),
            state=item.get_state_display(),
            tone=TONES.get(State(item.state), "warn"),
            number=ngettext("%(n)s line", "%(n)s lines", item.total) % {"n": item.total},
        )

    # -- one file

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Show how far it is; while a worker is at it, look again."""
        answer = super().changeform_view(request, object_id, form_url, extra_context)
        item = self.get_object(request, object_id) if object_id else None
        if item is not None and item.is_working:
            answer["Refresh"] = str(LOOK_AGAIN_SECONDS)
        return answer

    def form_context(self, request: HttpRequest, item: MoveIn | None) -> dict[str, Any]:
        """Return what it would do or did, and who answered."""
        if item is None:
            return {}
        language = get_language() or "en"
        counts = item.counts
        percent = working.progress(item) if item.is_working else 0
        is_done = item.state in {State.DONE, State.UNDONE}
        return {
            "item": item,
            "percent": percent,
            "far": f"{percent}%",
            "said": [
                *counts_in_words(counts, language, is_done=is_done),
                *_welcomed(item),
                *_undone(counts),
            ],
            "bad": counts.get("bad", 0),
            "answers": answers_of(item) if item.letters_at else [],
            "may": self.has_change_permission(request, item),
            "wants_letters": bool(counts.get("letters")) and item.state == State.DONE,
        }

    def acts(self, request: HttpRequest, item: Any) -> Sequence[tuple[Any, str]]:
        """Return what else can be done with it."""
        if item is None or not self.has_change_permission(request, item):
            return ()
        found: list[tuple[Any, str]] = []
        if item.state in {State.READY, State.CHECKING}:
            found.append((_("Name the columns anew"), self.url_for("columns", item.pk)))
        if item.state in {State.MAPPING, State.READY, State.CHECKING}:
            found.append((_("Throw the file away"), self.url_for("discard", item.pk)))
        if taking_back.may_undo(item, clock.now()):
            found.append((_("Take all of it back"), self.url_for("undo", item.pk)))
        if item.letters_at and RenewHere.objects.unanswered().filter(move_in=item).exists():
            found.append((_("Take the links back"), self.url_for("withdraw", item.pk)))
        return found

    def found(self, request: HttpRequest, pk: int) -> MoveIn:
        """Return a file of this store, for who may change it."""
        item: MoveIn | None = MoveIn.objects.filter(pk=pk).first()
        if item is None:
            raise Http404
        if not self.has_change_permission(request, item):
            raise PermissionDenied
        return item


def _welcomed(item: MoveIn) -> list[str]:
    """Say that the word to who bought something once is out."""
    if item.welcomed_at is None:
        return []
    return [_("Who bought something once was told, one mail each.")]


def _undone(counts: dict[str, Any]) -> list[str]:
    taken, kept = int(counts.get("undone", 0)), int(counts.get("kept", 0))
    said = []
    if taken:
        words = ngettext("%(n)s line was taken back.", "%(n)s lines were taken back.", taken)
        said.append(words % {"n": taken})
    if kept:
        words = ngettext(
            "%(n)s person pays here and keeps all of it.",
            "%(n)s people pay here and keep all of it.",
            kept,
        )
        said.append(words % {"n": kept})
    return said


site.register(MoveIn, MoveInAdmin)
