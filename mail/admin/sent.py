"""The mails of a store: what went to whom, what did not arrive, and sending it again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.text import capfirst
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from core import clock
from mail.errors import CannotResend
from mail.models import Message
from mail.rules import is_nowhere
from mail.services.outbox import resend
from stores import slots
from stores.admin import Effect, Group, MenuItem, ReadAdmin, Row, confirm, log, site
from stores.admin.filters import StateFilter
from stores.admin.site import staff_of
from stores.roles import Area
from stores.services.log import write
from stores.services.moments import in_short

State = Message.State
TONES = {
    State.SENT: "good",
    State.WAITING: "warn",
    State.FAILED: "bad",
    State.DROPPED: "empty",
}
MOST_IN_HISTORY = 500
MOST_ON_A_CUSTOMER = 20


class MailStateFilter(StateFilter):
    """Waiting, sent, failed, or not wanted."""

    column = "state"
    states = State


class MessageAdmin(ReadAdmin):
    """The mail log: read only, with a button to send again."""

    area = Area.MAILS
    menu = MenuItem(Group.SHOP_WINDOW, gettext_lazy("Sent mails"), 3, within="mail.wording")
    lead = gettext_lazy("Every mail your store sent, and whether it left.")
    empty = gettext_lazy("Receipts, codes and whatever else your store sends stand here.")
    search_fields = ("to_address",)
    list_filter = (MailStateFilter,)
    ordering = ("-id",)
    change_form_template = "mail/admin/message.html"

    def waiting(self, request: HttpRequest) -> int:
        """Count the mails that did not leave."""
        return int(Message.objects.failed().count())

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add sending again."""
        view = self.admin_site.admin_view(self.resend_view)
        return [path("<int:pk>/resend/", view, name="mail_message_resend"), *super().get_urls()]

    def title_of(self, item: Message) -> str:
        """Return which mail went to whom."""
        return f"{kind_label(item)} · {item.to_address}"

    def row(self, request: HttpRequest, item: Message) -> Row:
        """Return which mail went to whom, and whether it left."""
        return Row(
            name=kind_label(item),
            url=self.url_of(item),
            state=item.get_state_display(),
            tone=TONES[State(item.state)],
            detail=item.to_address,
            next_step=in_short(item.sent_at or item.created_at),
        )

    def form_context(self, request: HttpRequest, item: Message | None) -> dict[str, Any]:
        """Return what is known of a mail; what is wiped when sent is never shown."""
        if item is None:
            return {}
        return {
            "message_shown": item,
            "subject": "" if is_wiped(item) else item.subject,
            "written_in": get_language_info(item.language)["name_local"],
            "error": _(item.error) if item.error else "",
            "acts": self.ways(request, item),
        }

    def ways(self, request: HttpRequest, item: Message) -> list[tuple[Any, str]]:
        """Offer to send again what can be."""
        if not self.has_change_permission(request) or why_not_again(item):
            return []
        return [(_("Send again"), self.url_for("resend", item.pk))]

    def resend_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask before sending a mail again, and send it."""
        message = Message.objects.filter(pk=pk).first()
        if message is None:
            raise Http404
        if not self.has_change_permission(request):
            raise PermissionDenied
        why_not = why_not_again(message)
        if request.method == "POST" and not why_not:
            try:
                resend(message, now=clock.now())
            except CannotResend:
                why_not = _("Its contents are gone, as they should be: it held a code.")
            else:
                write(staff_of(request), log.RESEND, message)
                messages.success(request, _("It is on its way again."))
                return HttpResponseRedirect(self.url_of(message))
        effect = Effect(
            title=_("Send “%(kind)s” again?") % {"kind": kind_label(message)},
            verb=_("Send again"),
            sentences=[]
            if why_not
            else [_("The same mail goes to %(address)s.") % {"address": message.to_address}],
            back_url=self.url_of(message),
            blockers=[why_not] if why_not else [],
        )
        return confirm(request, effect)


def kind_label(message: Message) -> str:
    """Return what kind of mail it is, in words."""
    try:
        return capfirst(str(slots.mail_kinds.get(message.kind).label))
    except KeyError:
        return message.kind


def is_wiped(message: Message) -> bool:
    """Whether the mail holds a code: its contents are nobody's but the receiver's."""
    try:
        return slots.mail_kinds.get(message.kind).wiped
    except KeyError:
        return True


def why_not_again(message: Message) -> str:
    """Return why a mail cannot be sent again; empty when it can."""
    if is_wiped(message):
        return _("It held a code. Whoever needs one asks for a new one.")
    if message.state == State.WAITING:
        return _("It is on its way already.")
    if is_nowhere(message.to_address):
        return _("They asked to be forgotten.")
    if message.state == State.DROPPED:
        return _("They do not want news. What they bought, and receipts, go to them all the same.")
    return ""


def mail_section(customer: Any, now: datetime) -> slots.CustomerSection:
    """Return the last mails to a customer, on their page."""
    rows = Message.objects.filter(to_address=customer.user.email).order_by("-id")
    return slots.CustomerSection(
        title=_("Mails"),
        rows=[
            slots.CustomerRow(
                label=kind_label(message),
                detail=f"{message.get_state_display()} · {in_short(message.created_at)}",
                url=reverse("admin:mail_message_change", args=[message.pk]),
            )
            for message in rows[:MOST_ON_A_CUSTOMER]
        ],
        empty=_("None yet."),
        area=Area.MAILS,
    )


def timeline(customers: Sequence[Any]) -> dict[Any, list[slots.TimelineEntry]]:
    """Return the mails to each customer, each with how it went."""
    by_address = {customer.user.email: customer for customer in customers}
    found: dict[Any, list[slots.TimelineEntry]] = {}
    for message in Message.objects.filter(to_address__in=by_address).order_by("-id")[
        :MOST_IN_HISTORY
    ]:
        words = {"kind": kind_label(message), "state": message.get_state_display()}
        entry = slots.TimelineEntry(
            message.sent_at or message.created_at,
            _("Mail “%(kind)s”: %(state)s") % words,
            reverse("admin:mail_message_change", args=[message.pk]),
            kind="mails",
            area=Area.MAILS,
        )
        found.setdefault(by_address[message.to_address], []).append(entry)
    return found


site.register(Message, MessageAdmin)
slots.customer_sections.register("mail", mail_section)
slots.customer_timeline.register("mail", timeline)
