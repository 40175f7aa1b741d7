"""Disputes in the admin: what the bank asks, what we know, and the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core import clock
from payments.errors import PaymentError, TryLater
from payments.forms.disputes import AboutForm, AnswerForm
from payments.models import Dispute, Order, OutboundCall
from payments.rules import DISPUTE_ANSWERABLE
from payments.services.disputes.answering import accept, answer, in_hand, name_line
from payments.services.disputes.evidence import pack
from payments.services.disputes.letters import was_told
from payments.services.disputes.words import effect_of, is_answerable, reason_of, state_of
from payments.services.fulfilment import asked_of
from stores.admin import Effect, Group, MenuItem, ReadAdmin, Row, confirm, log, site
from stores.admin.site import staff_of
from stores.roles import Area
from stores.services.log import write
from stores.services.moments import in_short

TONES = {"won": "good", "lost": "bad", "warning_closed": "", "prevented": ""}


class DisputeAdmin(ReadAdmin):
    """Disputes."""

    area = Area.SALES
    menu = MenuItem(Group.SALES, pgettext_lazy("menu", "Disputes"), 6, within="payments.order")
    empty = gettext_lazy(
        "When a customer's bank asks about a payment, it stands here with the day to answer by."
    )
    search_fields = ("stripe_id", "=payment__order__number", "payment__order__email")
    ordering = ("-opened_at", "-id")
    change_form_template = "payments/admin/dispute.html"

    def waiting(self, request: HttpRequest) -> int:
        """Count the disputes that wait for an answer."""
        return int(Dispute.objects.filter(status__in=DISPUTE_ANSWERABLE).count())

    def get_queryset(self, request: HttpRequest) -> QuerySet[Dispute]:
        """Return disputes with their orders."""
        found: QuerySet[Dispute] = super().get_queryset(request)
        return found.select_related("payment__order")

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the pages of what can be done with a dispute."""
        pages: Sequence[tuple[str, Callable[..., HttpResponse]]] = (
            ("answer", self.answer_view),
            ("accept", self.accept_view),
            ("about", self.about_view),
            ("paper", self.paper_view),
        )
        return [
            *(
                path(
                    f"<int:pk>/{name}/",
                    self.admin_site.admin_view(view),
                    name=f"payments_dispute_{name}",
                )
                for name, view in pages
            ),
            *super().get_urls(),
        ]

    def title_of(self, item: Dispute) -> str:
        """Return a dispute by its order."""
        return _("Order %(number)s: the bank asks") % {"number": item.payment.order.number}

    def row(self, request: HttpRequest, item: Dispute) -> Row:
        """Return a dispute, how it stands, and by when it wants an answer."""
        order = item.payment.order
        return Row(
            name=f"{order.number} · {order.name or order.email}",
            url=self.url_of(item),
            state=state_of(item),
            tone=TONES.get(item.status, "warn"),
            detail=reason_of(item),
            number=item.display(),
            next_step=answer_by(item),
        )

    def form_context(self, request: HttpRequest, item: Dispute | None) -> dict[str, Any]:
        """Return a dispute with what we know."""
        if item is None:
            return {}
        may_answer = staff_of(request).may_change(Area.REFUNDS)
        refused = item.calls.filter(state=OutboundCall.State.REFUSED).last()
        asks = item in asked_of(item.payment.order)
        return {
            "dispute": item,
            "order": item.payment.order,
            "order_url": reverse("admin:payments_order_change", args=[item.payment.order_id]),
            "state": state_of(item),
            "tone": TONES.get(item.status, "warn"),
            "reason": reason_of(item),
            "effect": effect_of(item),
            "amount": item.display(),
            "answer_by": answer_by(item),
            "is_on_its_way": in_hand(item),
            "was_told": was_told(item),
            "refused": refused.error if refused is not None and is_answerable(item) else "",
            "pack": [section for section in pack(item) if section.rows],
            "about_url": self.url_for("about", item.pk) if asks and may_answer else "",
            "acts": self.ways(item, may_answer=may_answer),
        }

    def ways(self, item: Dispute, *, may_answer: bool) -> list[tuple[Any, str]]:
        """Return what can be done with a dispute by this person."""
        ways: list[tuple[Any, str]] = []
        if may_answer and is_answerable(item) and not in_hand(item):
            ways.append((_("Answer the bank"), self.url_for("answer", item.pk)))
            ways.append((_("Do not answer"), self.url_for("accept", item.pk)))
        if may_answer:
            ways.append((_("What we know, as PDF"), self.url_for("paper", item.pk)))
        return ways

    def found(self, request: HttpRequest, pk: int) -> Dispute:
        """Return a dispute of this store, for who may give money back."""
        dispute: Dispute | None = self.get_queryset(request).filter(pk=pk).first()
        if dispute is None:
            raise Http404
        if not staff_of(request).may_change(Area.REFUNDS):
            raise PermissionDenied
        return dispute

    def answer_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for a note, show what goes along, and send it."""
        dispute = self.found(request, pk)
        form = AnswerForm(
            request.POST if request.method == "POST" else None, initial={"note": dispute.note}
        )
        blockers = self.blockers(dispute)
        if form.is_valid() and not blockers:
            note = form.cleaned_data["note"]
            self.act(
                request, dispute, lambda by: answer(dispute, note=note, by=by, now=clock.now())
            )
            return HttpResponseRedirect(self.url_of(dispute))
        effect = Effect(
            title=_("Answer the bank about order %(number)s")
            % {"number": dispute.payment.order.number},
            verb=_("Send it to the bank"),
            sentences=[
                reason_of(dispute),
                _("It can be sent once. The bank reads it and decides, often within two months."),
            ],
            back_url=self.url_of(dispute),
            blockers=blockers,
        )
        return confirm(request, effect, form)

    def accept_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask once more, then let the bank have it."""
        dispute = self.found(request, pk)
        blockers = self.blockers(dispute)
        if request.method == "POST" and not blockers:
            self.act(request, dispute, lambda by: accept(dispute, by=by, now=clock.now()))
            return HttpResponseRedirect(self.url_of(dispute))
        effect = Effect(
            title=_("Leave %(amount)s with the bank?") % {"amount": dispute.display()},
            verb=_("Do not answer"),
            sentences=[
                _("The money stays with the cardholder, and what was bought closes."),
                _("This cannot be undone."),
            ],
            back_url=self.url_of(dispute),
            is_dangerous=True,
            blockers=blockers,
        )
        return confirm(request, effect)

    def blockers(self, dispute: Dispute) -> list[str]:
        """Return why a dispute takes no answer now."""
        if in_hand(dispute):
            return [_("It is on its way already.")]
        if not is_answerable(dispute):
            return [_("This was answered already, or the bank has decided.")]
        return []

    def act(self, request: HttpRequest, dispute: Dispute, do: Callable[[str], object]) -> None:
        """Do it, and say what became of it."""
        staff = staff_of(request)
        try:
            do(staff.name)
        except TryLater:
            sentence = _("It is written down. Stripe did not answer yet; it is sent by itself.")
            messages.warning(request, sentence)
        except PaymentError as error:
            messages.error(request, str(error.sentence))
            return
        else:
            messages.success(request, _("The bank has it."))
        write(staff, log.CHANGE, dispute.payment.order)

    def about_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask what a dispute of a part is about."""
        dispute = self.found(request, pk)
        order = dispute.payment.order
        form = AboutForm(
            request.POST if request.method == "POST" else None, lines=list(order.lines.all())
        )
        if form.is_valid():
            name_line(dispute, form.chosen(), now=clock.now())
            write(staff_of(request), log.CHANGE, order)
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(self.url_of(dispute))
        effect = Effect(
            title=_("The bank asks about %(amount)s of order %(number)s")
            % {"amount": dispute.display(), "number": order.number},
            verb=_("Save"),
            sentences=[
                _("It does not say what for. What you choose rests until the bank decides.")
            ],
            back_url=self.url_of(dispute),
        )
        return confirm(request, effect, form)

    def paper_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give the evidence as PDF; whose it is comes first, so a stranger learns nothing."""
        dispute = self.found(request, pk)
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        from payments.services.disputes.paper import make_paper  # late: see core.sheets

        response = HttpResponse(
            make_paper(dispute, now=clock.now()), content_type="application/pdf"
        )
        number = dispute.payment.order.number
        response.headers["Content-Disposition"] = f'attachment; filename="dispute-{number}.pdf"'
        response.headers["Cache-Control"] = "private, no-store"
        return response


def disputes_of(order: Order) -> list[tuple[Dispute, str, str, str, str]]:
    """Return an order's disputes: each with its amount, state, how that looks, and its page."""
    found = Dispute.objects.filter(payment__order=order).order_by("pk")
    return [
        (
            each,
            each.display(),
            state_of(each),
            TONES.get(each.status, "warn"),
            reverse("admin:payments_dispute_change", args=[each.pk]),
        )
        for each in found
    ]


def answer_by(dispute: Dispute) -> str:
    """Return by when a dispute wants an answer, in words; empty when it wants none."""
    if dispute.evidence_due_by is None or not is_answerable(dispute):
        return ""
    moment = in_short(dispute.evidence_due_by)
    return _("Answer by %(moment)s") % {"moment": moment}


site.register(Dispute, DisputeAdmin)
