"""Settings → Ways to pay: where the money goes, in words, and the store's own ways."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from payments.models import Order, OtherWay, PaymentAccount
from payments.services.accounts import payment_account, why_not_charging
from payments.services.other_ways import next_position
from stores.admin import Group, MenuItem, Row, StoreModelAdmin, site
from stores.forms import StoreForm
from stores.roles import Area


class OtherWayForm(StoreForm[OtherWay]):
    """One way to pay the store itself."""

    class Meta:
        model = OtherWay
        fields = ("kind", "name", "instructions", "is_active")
        help_texts: ClassVar[dict[str, Any]] = {
            "name": gettext_lazy("For instance: bank transfer to Noa."),
            "instructions": gettext_lazy(
                "The account, the phone number, to whom the cheque is made out. Customers read it"
                " after they order and in a mail; their order's number stands beside it."
            ),
        }
        widgets: ClassVar[dict[str, Any]] = {
            "instructions": forms.Textarea({"rows": 5, "dir": "auto"})
        }


class OtherWayAdmin(StoreModelAdmin):
    """The store's own ways to be paid, under the sentence about cards."""

    area = Area.SETTINGS
    menu = MenuItem(Group.SETTINGS, gettext_lazy("Ways to pay"), 2)
    form = OtherWayForm
    fields = ("kind", "name", "instructions", "is_active")
    add_title = gettext_lazy("Another way to pay")
    add_verb = gettext_lazy("Add a way to pay")
    empty = gettext_lazy(
        "A bank transfer, Bit, a cheque, cash: you say how, the customer pays you, and you tap"
        " “The money arrived”. It needs no card company."
    )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Say above the list where the money of cards goes."""
        extra = {"lead_sentences": where_the_money_goes(payment_account())}
        return super().changelist_view(request, {**extra, **(extra_context or {})})

    change_list_template = "payments/admin/ways.html"

    def row(self, request: HttpRequest, item: OtherWay) -> Row:
        """Return a way with what it is and how many orders wait by it."""
        waiting = Order.objects.waiting().filter(way=item).count()
        return Row(
            name=item.name,
            url=self.url_of(item),
            state=_("offered") if item.is_active else _("not offered"),
            tone="good" if item.is_active else "",
            detail="" if item.get_kind_display() == item.name else item.get_kind_display(),
            next_step=_waiting(waiting) if waiting else "",
        )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        """Put a new way last."""
        if not change:
            obj.position = next_position()
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A way somebody ordered by is only no longer offered."""
        if obj is not None and Order.objects.filter(way=obj).exists():
            return False
        return obj is not None and self.has_change_permission(request, obj)


def _waiting(count: int) -> str:
    words = ngettext("%(n)d order waits for money", "%(n)d orders wait for money", count)
    return words % {"n": count}


def where_the_money_goes(account: PaymentAccount) -> list[str]:
    """Return, in sentences, who takes card payments, what it costs, and where the money lands."""
    reason = why_not_charging(account)
    if reason:
        return [
            _("Cards: not yet. The platform has no connection to a card company for this shop."),
            _("You can sell all the same: add another way to pay here."),
            _straight(),
        ]
    if account.kind == PaymentAccount.Kind.DIRECT:
        where = _(
            "Cards: the money goes to your own account at Stripe, and from there to your bank."
        )
    else:
        where = _("Cards: the money goes to the platform's account at Stripe, which pays you out.")
    sentences = [where, _fee(account), _straight()]
    if settings.STRIPE_API_BASE:
        sentences.append(_("This installation uses the pretend Stripe: no real money moves."))
    return sentences


def _straight() -> str:
    return _("Other ways: the money goes straight to you. The platform never holds any of it.")


def _fee(account: PaymentAccount) -> str:
    if not account.fee_basis_points:
        return _("The platform takes nothing of a sale; the card company takes its own fee.")
    percent = f"{account.fee_basis_points / 100:g}"
    return _("The platform takes %(percent)s%% of a sale, beside the card company's fee.") % {
        "percent": percent
    }


site.register(OtherWay, OtherWayAdmin)
