"""Sales → Another price for all: announced, told, changed one by one, stopped before it begins."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import clock, money
from payments.admin.extras import PriceChoice
from payments.errors import CannotChange
from payments.models import PriceRise
from payments.services.subscriptions.coming import NOTICE
from payments.services.subscriptions.raising import (
    Progress,
    announce,
    check,
    payers,
    progress,
    stop,
)
from products.forms.pickers import cleaned_amount
from products.forms.prices.fields import AMOUNT
from products.models import Price
from products.services.rhythms import a_period
from stores.admin import Effect, Group, MenuItem, Row, StoreModelAdmin, confirm, log, site
from stores.admin.site import staff_of
from stores.forms import StoreForm
from stores.roles import Area
from stores.scope import current_store
from stores.services.log import write

SEEN = "seen"
"""What is sent with a change whose effect was read."""
LOOK = "payments/admin/price_rise_look.html"


class PriceRiseForm(StoreForm[PriceRise]):
    """Which price, what it will cost, and from when."""

    old = PriceChoice(
        label=gettext_lazy("What they pay now"), queryset=Price.objects.none(), empty_label=None
    )
    amount_text = forms.CharField(
        label=gettext_lazy("The new price"), max_length=20, widget=forms.TextInput(AMOUNT)
    )
    day = forms.DateField(
        label=gettext_lazy("From which day"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy(
            "At least 30 days ahead. Each pays it from their first charge after that day; who"
            " stops before never does. New buyers pay it from now on."
        ),
    )

    class Meta:
        model = PriceRise
        fields = ("old",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "old" in self.fields:
            self.fields["old"].queryset = _may_rise()  # type: ignore[attr-defined]  # a model choice field
        first = clock.local_day(clock.now() + NOTICE, current_store().zone)
        self.initial.setdefault("day", first)

    def clean_amount_text(self) -> int:
        """Return the amount in minor units."""
        amount = cleaned_amount(self.cleaned_data["amount_text"], current_store().currency)
        if not amount:
            raise forms.ValidationError(_("Write the price."))
        return amount

    def clean_day(self) -> date:
        """Return the day, far enough ahead for everybody to hear of it."""
        day: date = self.cleaned_data["day"]
        if _begins(day) < _today() + NOTICE:
            raise forms.ValidationError(_("Everybody hears of it at least 30 days before."))
        return day

    def clean(self) -> dict[str, Any]:
        """Announce it once its creator has seen what it does, or say why it cannot be."""
        values = super().clean()
        if self.errors or self.instance.pk:
            return values
        asked = {"amount": values["amount_text"], "holds_from": _begins(values["day"])}
        try:
            check(values["old"], **asked, now=_today())
            if SEEN in self.data:
                self.instance = announce(values["old"], **asked, now=_today())
        except CannotChange as refused:
            is_amount = values["amount_text"] == values["old"].amount
            self.add_error("amount_text" if is_amount else None, str(refused.sentence))
        return values


class PriceRiseAdmin(StoreModelAdmin):
    """Announced changes of prices; what is announced is read, and may be stopped."""

    area = Area.SALES
    menu = MenuItem(Group.SALES, gettext_lazy("Another price for all"), 6, within="payments.coupon")
    form = PriceRiseForm
    fields = ("old", "amount_text", "day")
    list_select_related = ("old__product", "new")
    add_title = gettext_lazy("Another price for all who pay it")
    add_verb = gettext_lazy("Announce another price")
    save_verb = gettext_lazy("See what it does")
    empty = gettext_lazy(
        "Who pays a subscription keeps its price. Should it cost something else for all of them,"
        " say so here: each is written to a month before."
    )
    change_form_template = "payments/admin/price_rise.html"

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the page that asks before it is stopped."""
        view = self.admin_site.admin_view(self.stop_view)
        return [path("<int:pk>/stop/", view, name="payments_pricerise_stop"), *super().get_urls()]

    def is_in_menu(self, request: HttpRequest) -> bool:
        """Only where something is paid again and again."""
        return bool(PriceRise.objects.exists() or _may_rise().exists())

    def title_of(self, item: PriceRise) -> str:
        """Return what it costs and will cost."""
        words = {"title": item.old.product.title, "was": a_period(item.old)}
        return _("%(title)s: %(was)s → %(amount)s") % {**words, "amount": a_period(item.new)}

    def row(self, request: HttpRequest, item: PriceRise) -> Row:
        """Return a change, whether it goes on, and from when it holds."""
        day = date_format(clock.local_day(item.holds_from, current_store().zone))
        return Row(
            name=self.title_of(item),
            url=self.url_of(item),
            state=_("stopped") if item.stopped_at else _("announced"),
            tone="" if item.stopped_at else "good",
            next_step=_("from %(day)s") % {"day": day},
        )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """What is announced has nothing to fill in."""
        return ((None, {"fields": () if obj is not None else self.fields}),)

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001 -- Django's signature
        **kwargs: Any,
    ) -> Any:
        """Ask for a new one; of one that is announced nothing is left to be asked."""
        if obj is not None:
            kwargs["form"] = forms.ModelForm
        return super().get_form(request, obj, change, **kwargs)

    def may_save(self, request: HttpRequest, item: Any) -> bool:
        """What is announced stands."""
        return item is None and bool(super().may_save(request, item))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Show the row, or take a new one; what is posted to an announced one changes nothing."""
        if request.method == "POST" and object_id is not None:
            item = self.get_object(request, object_id)
            if item is None:
                raise Http404
            if not self.has_change_permission(request, item):
                raise PermissionDenied
            return HttpResponseRedirect(self.url_of(item))
        if request.method == "POST" and SEEN not in request.POST:
            if not self.has_add_permission(request):
                raise PermissionDenied
            form = self.get_form(request)(request.POST)
            if form.is_valid():
                return self._look(request, form.cleaned_data)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _look(self, request: HttpRequest, asked: dict[str, Any]) -> HttpResponse:
        """Say whom it is written to and what changes for whom, before it is announced."""
        old, count = asked["old"], payers(asked["old"]).count()
        day = date_format(asked["day"])
        price = a_period(old, money.display(asked["amount_text"], old.currency))
        to_whom = ngettext(
            "%(n)s person pays this price. They are written to in the next minutes.",
            "%(n)s people pay this price. Each is written to in the next minutes.",
            count,
        )
        sentences = [
            to_whom % {"n": count} if count else _("Nobody pays this price now."),
            _("From the first charge after %(day)s it is %(price)s.")
            % {"day": day, "price": price},
            _("New buyers pay %(price)s from now on.") % {"price": price},
            _("You can stop it until the first charge is changed."),
        ]
        kept = {name: request.POST[name] for name in self.fields}
        effect = Effect(
            title=_("%(title)s: %(was)s → %(amount)s")
            % {"title": old.product.title, "was": a_period(old), "amount": price},
            verb=_("Announce it"),
            sentences=sentences,
            back_url=f"{self.url_for('add')}?{urlencode(kept)}",
        )
        return confirm(request, effect, template=LOOK, kept={**kept, SEEN: "1"})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        """It was announced when the form was found right."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was announced is stopped, and never taken away."""
        return False

    def form_context(self, request: HttpRequest, item: PriceRise | None) -> dict[str, Any]:
        """Return how far it is."""
        if item is None:
            return {"save_verb": self.save_verb}
        found = progress(item)
        is_ahead = item.stopped_at is None and not (found.changed or found.under_way)
        may_stop = is_ahead and self.has_change_permission(request, item)
        stop_url = reverse("admin:payments_pricerise_stop", args=[item.pk])
        acts = [(_("Stop the change"), stop_url)] if may_stop else []
        return {"rise": item, "far": sentences(item, found), "acts": acts}

    def saved(self, request: HttpRequest, item: PriceRise) -> HttpResponse:
        """Say that mails go out."""
        messages.success(request, _("Announced. Each hears of it by mail in the next minutes."))
        return HttpResponseRedirect(self.url_of(item))

    def stop_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask once more, then stop it."""
        item = self.get_object(request, str(pk))
        if item is None:
            raise Http404
        if not self.has_change_permission(request, item):
            raise PermissionDenied
        if request.method == "POST":
            try:
                stop(item, now=clock.now())
                write(staff_of(request), log.CHANGE, item, ["Stopped"])
            except CannotChange as refused:
                messages.error(request, str(refused.sentence))
            return HttpResponseRedirect(self.url_of(item))
        effect = Effect(
            title=_("Leave the price as it is?"),
            verb=_("Stop the change"),
            sentences=(
                _("Who was told that it changes gets a mail that it stays."),
                _("New buyers go on paying the new price."),
            ),
            back_url=self.url_of(item),
        )
        return confirm(request, effect)


def sentences(rise: PriceRise, found: Progress) -> list[str]:
    """Return from when a change holds and how far it is; what is true of nobody is not said."""
    day = date_format(clock.local_day(rise.holds_from, current_store().zone))
    counted = [
        (
            found.told,
            ngettext("%(n)s was told.", "%(n)s were told.", found.told) % {"n": found.told},
        ),
        (
            found.changed,
            ngettext("%(n)s pays the new price.", "%(n)s pay the new price.", found.changed)
            % {"n": found.changed},
        ),
        (
            found.under_way,
            ngettext(
                "%(n)s pays it with the next charge.",
                "%(n)s pay it with the next charge.",
                found.under_way,
            )
            % {"n": found.under_way},
        ),
        (
            found.left,
            ngettext("%(n)s pays the old one.", "%(n)s pay the old one.", found.left)
            % {"n": found.left},
        ),
    ]
    said = [sentence for number, sentence in counted if number]
    if rise.stopped_at is not None:
        return said
    return [_("Each pays it from their first charge after %(day)s.") % {"day": day}, *said]


def _today() -> datetime:
    return _begins(clock.local_day(clock.now(), current_store().zone))


def _begins(day: date) -> datetime:
    return clock.start_of_day(day, current_store().zone)


def _may_rise() -> Any:
    """Return the prices somebody pays again and again, no change of which is announced."""
    paid = Price.objects.filter(
        kind=Price.Kind.SUBSCRIPTION,
        subscriptions__ended_at=None,
        subscriptions__isnull=False,
    )
    return paid.exclude(rises__isnull=False, rises__stopped_at=None).distinct()


site.register(PriceRise, PriceRiseAdmin)
