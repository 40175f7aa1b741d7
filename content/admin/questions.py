"""Questions of customers: answered in place; words hidden, removed; people stopped from writing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.admin import SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from content.forms.discussing import AnswerForm, BecauseForm
from content.models import Reply, Report, Thread, Voice
from content.services import discussion
from content.services.discussion.moderating import settle_reports
from content.services.discussion.showing import Shown, name_of, names_of, shown_as
from core import clock
from core.text import clean_line
from stores.admin import Effect, Group, MenuItem, ReadAdmin, Row, confirm, log, site
from stores.admin.site import staff_of
from stores.roles import Area
from stores.services.log import write
from stores.services.moments import in_short


class WaitingFilter(SimpleListFilter):
    """Waiting, reported, all."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        """Return what can be looked at by itself."""
        return [("waiting", _("Waiting")), ("reported", _("Reported"))]

    def queryset(self, request: Any, queryset: Any) -> Any:
        """Return the questions chosen."""
        if self.value() == "waiting":
            return queryset.waiting()
        return queryset.reported() if self.value() == "reported" else queryset


@dataclass(frozen=True)
class Entry:
    """The question or a reply on the page, with what can be done about it."""

    shown: Shown
    hidden_because: str
    reports: Sequence[str]
    is_silenced: bool
    acts: Sequence[tuple[Any, str]] = field(default_factory=tuple)


class ThreadAdmin(ReadAdmin):
    """Inbox → Questions."""

    area = Area.CUSTOMERS
    menu = MenuItem(Group.INBOX, pgettext_lazy("menu", "Questions"), 5, within="inbox")
    lead = gettext_lazy("What customers ask about what they have. Others who have it read along.")
    empty = gettext_lazy("Nobody asked anything. Switch the discussion on in a product's form.")
    search_fields = ("text", "replies__text", "part__product__title")
    list_filter = (WaitingFilter,)
    ordering = ("-last_at", "-id")
    change_form_template = "content/admin/question.html"

    def waiting(self, request: HttpRequest) -> int:
        """Count what waits for an answer or a look."""
        return int(Thread.objects.waiting().count() + Thread.objects.reported().count())

    def get_queryset(self, request: HttpRequest) -> QuerySet[Thread]:
        """Return questions with what they are about."""
        found: QuerySet[Thread] = super().get_queryset(request)
        return found.select_related("part__product", "customer__user").annotate(
            reply_count=Count("replies", distinct=True)
        )

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add answering and moderating, each a page of its own."""
        view = self.admin_site.admin_view
        acts = ("hide", "show", "remove", "silence", "speak", "fine")
        of_thread = ("answer", "settle", "lock", "unlock")
        return [
            *(
                path(f"<int:pk>/{act}/", view(getattr(self, f"{act}_view")), name=_name(act))
                for act in of_thread
            ),
            *(
                path(
                    f"<int:pk>/{act}/<slug:said_id>/",
                    view(partial(self.act_view, act=act)),
                    name=_name(act),
                )
                for act in acts
            ),
            *super().get_urls(),
        ]

    def rows(self, request: HttpRequest, items: Sequence[Thread]) -> list[Row]:
        """Return who asks what about which product, with names asked for at once."""
        names = names_of(item.customer_id for item in items)
        ids = [item.pk for item in items]
        reported = set(
            Report.objects.filter(thread__in=ids, settled_at=None).values_list("thread", flat=True)
        )
        return [self._row(item, names, item.pk in reported) for item in items]

    def _row(self, item: Thread, names: dict[int, str], is_reported: bool) -> Row:  # noqa: FBT001 -- one fact of a row
        state, tone = "", ""
        if is_reported:
            state, tone = _("Reported"), "bad"
        elif item.waiting_since is not None:
            state, tone = _("Waiting"), "warn"
        elif item.hidden_at is not None:
            state = _("Hidden")
        replies = getattr(item, "reply_count", 0)
        return Row(
            name=clean_line(item.text)[:120] or _("A question that was taken back"),
            url=self.url_of(item),
            state=state,
            tone=tone,
            detail=f"{name_of(item, names)} · {item.part.product.title}",
            number=ngettext("%(n)s reply", "%(n)s replies", replies) % {"n": replies},
            next_step=in_short(item.last_at),
        )

    def title_of(self, item: Thread) -> str:
        """Return a question by what it is about."""
        return _("A question about “%(title)s”") % {"title": item.part.product.title}

    def form_context(self, request: HttpRequest, item: Thread | None) -> dict[str, Any]:
        """Return the whole conversation, the form to answer, and what can be done."""
        if item is None:
            return {}
        may = self.has_change_permission(request)
        return {
            "thread": item,
            "entries": _entries(self, item, clock.now(), may=may),
            "answer_form": AnswerForm() if may and item.deleted_at is None else None,
            "answer_url": self.url_for("answer", item.pk),
            "customer_url": reverse("admin:accounts_customer_change", args=[item.customer_id])
            if item.customer_id
            else "",
            "acts": self.ways(item) if may else [],
        }

    def ways(self, item: Thread) -> list[tuple[Any, str]]:
        """Return what can be done about a whole question."""
        ways: list[tuple[Any, str]] = []
        if item.waiting_since is not None:
            ways.append((_("No answer needed"), self.url_for("settle", item.pk)))
        lock = "unlock" if item.locked_at else "lock"
        words = _("Open it to replies again") if item.locked_at else _("Close it to more replies")
        return [*ways, (words, self.url_for(lock, item.pk))]

    def answer_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Answer, or show the form again with what was typed."""
        item = self.found(request, pk)
        form = AnswerForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            staff = staff_of(request)
            discussion.answer(item, form.cleaned_data["text"], by=staff.name, now=clock.now())
            write(staff, log.ANSWER, item)
            messages.success(request, _("Answered. Whoever asked gets a mail."))
            return HttpResponseRedirect(self.url_of(item))
        effect = Effect(
            title=self.title_of(item),
            verb=pgettext("in a discussion", "Answer"),
            sentences=[item.text],
            back_url=self.url_of(item),
        )
        return confirm(request, effect, form)

    def settle_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say that no answer is needed."""
        return self._simply(request, pk, discussion.settle, _("No answer needed"))

    def lock_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Close a question to more replies."""
        act = partial(discussion.set_locked, now=clock.now(), is_locked=True)
        return self._simply(request, pk, act, _("Close it to more replies"))

    def unlock_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Open a question to replies again."""
        act = partial(discussion.set_locked, now=clock.now(), is_locked=False)
        return self._simply(request, pk, act, _("Open it to replies again"))

    def _simply(
        self, request: HttpRequest, pk: int, act: Callable[[Thread], None], verb: str
    ) -> HttpResponse:
        item = self.found(request, pk)
        if request.method == "POST":
            act(item)
            write(staff_of(request), log.CHANGE, item)
            messages.success(request, _("Done."))
            return HttpResponseRedirect(self.url_of(item))
        effect = Effect(
            title=f"{verb}?",
            verb=verb,
            sentences=[_("What was written stays. It can be undone here.")],
            back_url=self.url_of(item),
        )
        return confirm(request, effect)

    def act_view(self, request: HttpRequest, pk: int, said_id: str, act: str) -> HttpResponse:
        """Ask before words are hidden or removed, or their writer stopped; and do it."""
        item = self.found(request, pk)
        said = _said(item, said_id)
        known = ACTS[act]
        if known.is_about_writer and said.customer_id is None:
            raise Http404
        data = request.POST if request.method == "POST" else None
        form = BecauseForm(data) if known.asks_why else None
        if request.method == "POST" and (form is None or form.is_valid()):
            because = form.cleaned_data["because"] if form is not None else ""
            known.do(said, because, clock.now())
            write(staff_of(request), known.logged, item)
            messages.success(request, _("Done."))
            is_over = act == "remove" and isinstance(said, Thread)
            return HttpResponseRedirect(
                self.url_for("changelist") if is_over else self.url_of(item)
            )
        effect = Effect(
            title=known.title,
            verb=known.verb,
            sentences=[*known.sentences, clean_line(said.text)[:300]],
            back_url=self.url_of(item),
            is_dangerous=act in {"remove", "silence"},
        )
        return confirm(request, effect, form)

    def found(self, request: HttpRequest, pk: int) -> Thread:
        """Return a question of this store, for who may answer it."""
        item: Thread | None = self.get_queryset(request).filter(pk=pk).first()
        if item is None:
            raise Http404
        if not self.has_change_permission(request, item):
            raise PermissionDenied
        return item


@dataclass(frozen=True)
class Act:
    """Something done about words or their writer."""

    title: Any
    verb: Any
    sentences: Sequence[Any]
    do: Callable[[Thread | Reply, str, datetime], None]
    logged: str = log.CHANGE
    asks_why: bool = False
    is_about_writer: bool = False


def _hide(said: Thread | Reply, because: str, now: datetime) -> None:
    discussion.hide(said, because, now=now)


def _show(said: Thread | Reply, because: str, now: datetime) -> None:
    discussion.show_again(said)


def _remove(said: Thread | Reply, because: str, now: datetime) -> None:
    discussion.remove(said, now=now)


def _fine(said: Thread | Reply, because: str, now: datetime) -> None:
    settle_reports(said, now)


def _silence(said: Thread | Reply, because: str, now: datetime) -> None:
    for voice in Voice.objects.filter(customer=said.customer_id):
        discussion.silence(voice, because, now=now)


def _speak(said: Thread | Reply, because: str, now: datetime) -> None:
    for voice in Voice.objects.filter(customer=said.customer_id):
        discussion.speak_again(voice)


ACTS = {
    "hide": Act(
        gettext_lazy("Hide these words?"),
        gettext_lazy("Hide"),
        [gettext_lazy("Only their writer goes on seeing them, with your reason beside them.")],
        _hide,
        asks_why=True,
    ),
    "show": Act(
        gettext_lazy("Show these words again?"),
        gettext_lazy("Show again"),
        [gettext_lazy("Everybody in the discussion reads them again.")],
        _show,
    ),
    "remove": Act(
        gettext_lazy("Delete these words?"),
        gettext_lazy("Delete"),
        [gettext_lazy("For good; a question with everything under it. Hiding can be undone.")],
        _remove,
        logged=log.DELETE,
    ),
    "fine": Act(
        gettext_lazy("Let these words stand?"),
        gettext_lazy("Let them stand"),
        [gettext_lazy("Nobody is told. The report is settled.")],
        _fine,
    ),
    "silence": Act(
        gettext_lazy("Stop this person from writing?"),
        gettext_lazy("Stop them"),
        [
            gettext_lazy("They read on, and see your reason where they would write."),
            gettext_lazy("In every discussion of your store, until you let them again."),
        ],
        _silence,
        logged=log.SILENCE,
        asks_why=True,
        is_about_writer=True,
    ),
    "speak": Act(
        gettext_lazy("Let this person write again?"),
        gettext_lazy("Let them write"),
        [gettext_lazy("In every discussion of your store.")],
        _speak,
        logged=log.SPEAK,
        is_about_writer=True,
    ),
}


def _name(act: str) -> str:
    return f"content_thread_{act}"


def _said(item: Thread, said_id: str) -> Thread | Reply:
    if item.public_id == said_id:
        return item
    found: Reply | None = (
        Reply.objects.filter(thread=item, public_id=said_id).select_related("thread").first()
    )
    if found is None:
        raise Http404
    return found


def _entries(admin: ThreadAdmin, item: Thread, now: datetime, *, may: bool) -> list[Entry]:
    """Return the question and its replies with what can be done about each."""
    every: list[Thread | Reply] = [item, *item.replies.all()]
    writers = {each.customer_id for each in every}
    names = names_of(writers)
    silent = set(
        Voice.objects.filter(customer__in=writers - {None}, silenced_at__isnull=False).values_list(
            "customer", flat=True
        )
    )
    reports = list(item.reports.filter(settled_at=None))
    entries = []
    for each in every:
        mine = [
            report.because or _("without a reason")
            for report in reports
            if report.reply_id == (each.pk if isinstance(each, Reply) else None)
        ]
        is_silent = each.customer_id in silent
        acts = _acts(admin, item, each, is_silent=is_silent, is_reported=bool(mine)) if may else []
        shown = shown_as(each, names, list(names.values()), None, now)
        entries.append(Entry(shown, each.hidden_because, mine, is_silent, acts))
    return entries


def _acts(
    admin: ThreadAdmin,
    item: Thread,
    said: Thread | Reply,
    *,
    is_silent: bool,
    is_reported: bool,
) -> list[tuple[Any, str]]:
    wanted = ["fine"] if is_reported else []
    if said.deleted_at is None:
        wanted.append("show" if said.hidden_at else "hide")
    wanted.append("remove")
    if said.customer_id is not None:
        wanted.append("speak" if is_silent else "silence")
    return [(ACTS[act].verb, admin.url_for(act, item.pk, said.public_id)) for act in wanted]


site.register(Thread, ThreadAdmin)
