"""A conversation opened in the Inbox: read, answered, closed, put off and taken on in place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from content.views.files import guarded
from conversations.errors import FileRefused, TooLate
from conversations.forms import AnswerForm
from conversations.models import Attachment, Conversation, SavedAnswer
from conversations.services import answering
from conversations.services.aside import aside_of, sent_to
from conversations.services.enclosing import Judged, file_of, judged
from conversations.services.showing import lines_of
from conversations.services.words import about, standing_of
from core import clock
from stores.admin import ReadAdmin, Row, log, site
from stores.admin.filters import StateFilter
from stores.admin.site import staff_of
from stores.roles import Area
from stores.scope import current_store
from stores.services.log import write
from stores.services.quiet import next_working_day

MORNING = timedelta(hours=8)


class ConversationStateFilter(StateFilter):
    """Waiting, answered, closed."""

    column = "state"
    states = Conversation.State


class ConversationKindFilter(StateFilter):
    """Questions, letters, requests, what did not arrive."""

    title = pgettext_lazy("of a conversation", "kind")
    parameter_name = "kind"
    column = "kind"
    states = Conversation.Kind


class ConversationAdmin(ReadAdmin):
    """The letters of the Inbox."""

    area = Area.CUSTOMERS
    lead = gettext_lazy("Every letter, also the closed ones. What waits stands in the Inbox.")
    empty = gettext_lazy("Nobody wrote yet. Letters come from every page of a customer.")
    search_fields = (
        "messages__text",
        "name",
        "email",
        "customer__name",
        "customer__user__email",
        "=order_number",
    )
    list_filter = (ConversationStateFilter, ConversationKindFilter)
    ordering = ("-last_at", "-id")
    change_form_template = "conversations/admin/conversation.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Conversation]:
        """Return conversations with whom and what they are about."""
        found: QuerySet[Conversation] = super().get_queryset(request)
        return found.select_related("customer__user", "part__product", "product", "assigned_to")

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add each act, one POST to one address."""
        view = self.admin_site.admin_view
        acts = _ACTS
        return [
            *(
                path(
                    f"<int:pk>/{act.replace('_', '-')}/",
                    view(require_POST(getattr(self, f"{act}_view"))),
                    name=f"conversations_conversation_{act}",
                )
                for act in acts
            ),
            path(
                "<int:pk>/files/<slug:file_id>/",
                view(self.file_view),
                name="conversations_conversation_file",
            ),
            *super().get_urls(),
        ]

    def title_of(self, item: Conversation) -> str:
        """Return who writes about what."""
        return f"{item.who} · {about(item)}"

    def row(self, request: HttpRequest, item: Conversation) -> Row:
        """Return who, about what, and whose turn it is."""
        return Row(
            name=item.who,
            url=self.url_of(item),
            state=str(capfirst(item.get_state_display())),
            tone="warn" if item.waits else "",
            detail=about(item),
        )

    def back_url(self, request: HttpRequest, item: Any) -> str:
        """Return to the Inbox."""
        return reverse("admin:inbox")

    def form_context(self, request: HttpRequest, item: Conversation | None) -> dict[str, Any]:
        """Return the conversation, the form to answer, and what one should know beside it."""
        if item is None:
            return {}
        return self.page(request, item, self.beginning(request))

    def beginning(self, request: HttpRequest) -> AnswerForm:
        """Return the answer's form, with a saved answer in it when one was chosen."""
        wanted = request.GET.get("saved", "")
        row = SavedAnswer.objects.filter(pk=int(wanted)).first() if _is_id(wanted) else None
        return AnswerForm(initial={"text": row.text if row is not None else ""})

    def page(self, request: HttpRequest, item: Conversation, form: AnswerForm) -> dict[str, Any]:
        """Return what the page shows."""
        now, staff = clock.now(), staff_of(request)
        may = self.has_change_permission(request)
        lines = lines_of(item, self.file_url)
        last = lines[-1].message if lines else None
        return {
            "letter": item,
            "lines": lines,
            "stood": standing_of(item),
            "order_url": _order_url(item) if staff.may_view(Area.SALES) else "",
            "aside": aside_of(item, staff, now),
            "sent": sent_to(item, staff),
            "answer_form": form if may and item.address else None,
            "may_act": may,
            "saved_answers": SavedAnswer.objects.all() if may else [],
            "is_mine": item.assigned_to_id == staff.pk,
            "is_snoozed": item.is_snoozed(now),
            "can_undo": may and last is not None and last.can_be_undone(now),
            "snoozes": snoozes(now),
            "do": {act: self.url_for(act, item.pk) for act in _ACTS},
            "log_url": self.url_for("history", item.pk),
        }

    def file_url(self, row: Attachment) -> str:
        """Return where the team reads a file of a letter."""
        item_id = row.message.conversation_id
        return reverse("admin:conversations_conversation_file", args=[item_id, row.public_id])

    def file_view(self, request: HttpRequest, pk: int, file_id: str) -> HttpResponseBase:
        """Give a file of a letter to whoever may read the letter."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        item: Conversation | None = self.get_queryset(request).filter(pk=pk).first()
        row = file_of(item, file_id) if item is not None else None
        if row is None or request.method not in {"GET", "HEAD"}:
            raise Http404
        return guarded(request, row)

    # -- what is done

    def answer_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Answer, or show the page again with what was typed."""
        return self._answer(request, pk, closes=False)

    def answer_close_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Answer and close."""
        return self._answer(request, pk, closes=True)

    def _answer(self, request: HttpRequest, pk: int, *, closes: bool) -> HttpResponse:
        item = self.found(request, pk)
        form = AnswerForm(request.POST, request.FILES)
        if not item.address:
            raise Http404
        files = form.is_valid() and _judged(form)
        if files is False:
            extra = self.page(request, item, form)
            request.method = "GET"  # the page itself only reads
            shown: HttpResponse = self.changeform_view(request, str(pk), "", extra)
            return shown
        staff, text, now = staff_of(request), form.cleaned_data["text"], clock.now()
        answering.answer(item, text, by=staff, now=now, closes=closes, files=files)
        write(staff, log.ANSWER, item)
        messages.success(request, _("Answered. The mail leaves in ten seconds."))
        return HttpResponseRedirect(self.url_of(item))

    def undo_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take the last answer back while it has not left, and put its words into the form."""
        item = self.found(request, pk)
        last = item.messages.last()
        if last is None or not last.is_shops:
            raise Http404
        text = last.text
        try:
            answering.take_back(last, now=clock.now())
        except TooLate:
            messages.warning(request, _("Too late: the mail has left."))
            return HttpResponseRedirect(self.url_of(item))
        write(staff_of(request), log.CHANGE, item)
        messages.success(request, _("Taken back. Nobody got it; your words are here again."))
        item.refresh_from_db()
        extra = self.page(request, item, AnswerForm(initial={"text": text}))
        request.method = "GET"  # the page itself only reads
        shown: HttpResponse = self.changeform_view(request, str(pk), "", extra)
        return shown

    def close_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say that nothing more is to be done."""
        return self._do(request, pk, answering.close, _("Closed. Nobody was told."))

    def reopen_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let it wait for the shop again."""
        return self._do(request, pk, answering.reopen, _("It waits in the Inbox again."))

    def snooze_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Put it off."""
        self.found(request, pk)
        now = clock.now()
        days = {key: until for key, _label, until in snoozes(now)}
        until = days.get(request.POST.get("until", ""))
        if until is None:
            raise Http404

        def put_off(item: Conversation, *, now: datetime) -> None:
            answering.snooze(item, until)

        return self._do(request, pk, put_off, _("Put off. It comes back by itself."))

    def send_again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send once more what did not arrive; the letter waits for its answer as before."""
        item, staff = self.found(request, pk), staff_of(request)
        wanted = request.POST.get("what", "")
        row = next((each for each, may in sent_to(item, staff) if may and each.key == wanted), None)
        if row is None or row.send is None:
            raise Http404
        row.send(clock.now())
        write(staff, log.RESEND, item)
        messages.success(request, _("It is on its way again. Tell them in your answer."))
        return HttpResponseRedirect(f"{self.url_of(item)}#id_text")

    def mine_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take it on."""
        staff = staff_of(request)

        def take(item: Conversation, *, now: datetime) -> None:
            answering.assign(item, staff)

        return self._do(request, pk, take, _("It is yours."))

    def everyones_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Leave it to everybody."""

        def leave(item: Conversation, *, now: datetime) -> None:
            answering.assign(item, None)

        return self._do(request, pk, leave, _("It is everybody's again."))

    def _do(
        self, request: HttpRequest, pk: int, act: Callable[..., None], said: str
    ) -> HttpResponse:
        item = self.found(request, pk)
        act(item, now=clock.now())
        write(staff_of(request), log.CHANGE, item)
        messages.success(request, said)
        return HttpResponseRedirect(self.url_of(item))

    def found(self, request: HttpRequest, pk: int) -> Conversation:
        """Return a conversation of this store, for who may answer it."""
        item: Conversation | None = self.get_queryset(request).filter(pk=pk).first()
        if item is None:
            raise Http404
        if not self.has_change_permission(request, item):
            raise PermissionDenied
        return item


_ACTS = (
    *("answer", "answer_close", "undo", "close", "reopen", "snooze", "mine", "everyones"),
    "send_again",
)


def snoozes(now: datetime) -> Sequence[tuple[str, str, datetime]]:
    """Return the moments something can be put off to: a key, words, the moment."""
    store = current_store()
    today = clock.local_day(now, store.zone)
    tomorrow = today + timedelta(days=1)
    working = next_working_day(store, today)
    days = {"tomorrow": (_("tomorrow"), tomorrow)}
    if working != tomorrow:
        days["work"] = (_("the next working day"), working)
    days["week"] = (_("in a week"), today + timedelta(days=7))
    return [
        (key, words, clock.start_of_day(day, store.zone) + MORNING)
        for key, (words, day) in days.items()
    ]


def _judged(form: AnswerForm) -> list[Judged] | Literal[False]:
    """Return the files of an answer as they will be kept; False when the form says why not."""
    try:
        return judged(form.cleaned_data["attached"], of="")
    except FileRefused as refused:
        form.add_error("attached", refused.sentence)
        return False


def _order_url(item: Conversation) -> str:
    if item.order_number is None:
        return ""
    return f"{reverse('admin:payments_order_changelist')}?q={item.order_number}"


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9  # noqa: PLR2004 -- fits an integer column


site.register(Conversation, ConversationAdmin)
