"""Who cannot find what they bought, or lost the mailbox they bought it with."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import Customer
from core import clock
from payments.admin.moving import in_words, move_access_view
from payments.errors import CannotMove
from payments.forms.finding import RefuseForm, StaffChangeForm
from payments.models import FindRequest
from payments.services.finding import grant_request, refuse_request
from payments.services.fulfilment import accesses_of
from payments.services.moving import preview
from payments.services.proving import begin_for_customer
from stores.admin import Effect, Group, MenuItem, ReadAdmin, Row, confirm, log, site
from stores.admin.filters import StateFilter
from stores.admin.site import staff_of
from stores.roles import Area
from stores.services.log import write
from stores.services.moments import in_short

State = FindRequest.State


def change_address_view(request: HttpRequest, customer_pk: int) -> HttpResponse:
    """Begin a change of a customer's address; both of their mailboxes are asked."""
    staff = staff_of(request)
    customer: Customer | None = (
        Customer.objects.filter(pk=customer_pk, erased_at=None).select_related("user").first()
    )
    if customer is None:
        raise Http404
    if not staff.may_change(Area.CUSTOMERS):
        raise PermissionDenied
    back_url = reverse("admin:accounts_customer_change", args=[customer.pk])
    form = StaffChangeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        said, now = form.cleaned_data, clock.now()
        try:
            begin_for_customer(customer, said.pop("email"), by=staff.name, now=now, **said)
        except CannotMove as error:
            form.add_error(None, str(error.sentence))
        else:
            write(staff, log.ADDRESS, customer)
            messages.success(request, _("Both addresses were asked. Nothing changes before that."))
            return HttpResponseRedirect(back_url)
    effect = Effect(
        title=_("Ask for a new address of %(who)s") % {"who": customer},
        verb=_("Ask both addresses"),
        sentences=[
            _("For somebody whose old mailbox is gone. They prove an order of theirs to you."),
            _("The new address has to agree. The old one has three days or more to stop it."),
            _("Only want to move a purchase? Open the order and move it: that is quicker."),
        ],
        back_url=back_url,
    )
    return confirm(request, effect, form)


class FindStateFilter(StateFilter):
    """Waiting, moved, refused."""

    column = "state"
    states = State


class FindRequestAdmin(ReadAdmin):
    """Inbox → people who cannot find what they bought."""

    area = Area.CUSTOMERS
    menu = MenuItem(Group.INBOX, pgettext_lazy("menu", "Lost purchases"), 6, within="inbox")
    lead = gettext_lazy("People who cannot find what they bought. Nobody was told anything yet.")
    empty = gettext_lazy("Whoever mistyped their address at checkout can ask for it here.")
    search_fields = ("email", "name", "=number")
    list_filter = (FindStateFilter,)
    list_select_related = ("order",)
    ordering = ("-id",)

    def waiting(self, request: HttpRequest) -> int:
        """Count who waits."""
        return int(FindRequest.objects.filter(state=State.WAITING).count())

    def get_queryset(self, request: HttpRequest) -> QuerySet[FindRequest]:
        """Return requests with the order they name."""
        found: QuerySet[FindRequest] = super().get_queryset(request).select_related("order")
        return found

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add moving, refusing, and moving one access."""
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/move/", view(self.move_view), name="payments_findrequest_move"),
            path("<int:pk>/refuse/", view(self.refuse_view), name="payments_findrequest_refuse"),
            path(
                "access/<int:access_pk>/",
                view(move_access_view),
                name="payments_findrequest_access",
            ),
            path(
                "address/<int:customer_pk>/",
                view(change_address_view),
                name="payments_findrequest_address",
            ),
            *super().get_urls(),
        ]

    def title_of(self, item: FindRequest) -> str:
        """Return who looks for what."""
        if item.number:
            words = _("%(who)s looks for order %(number)s")
            return words % {"who": item, "number": item.number}
        return _("%(who)s looks for a purchase") % {"who": item}

    def row(self, request: HttpRequest, item: FindRequest) -> Row:
        """Return who looks for what, and whether the card's digits are right."""
        return Row(
            name=self.title_of(item),
            url=self.url_of(item),
            state=item.get_state_display(),
            tone="warn" if item.state == State.WAITING else "",
            detail=proof(item),
            next_step=in_short(item.created_at),
        )

    change_form_template = "payments/admin/find_request.html"

    def form_context(self, request: HttpRequest, item: FindRequest | None) -> dict[str, Any]:
        """Return what they wrote and what is known."""
        if item is None:
            return {}
        order = item.order
        may_see = staff_of(request).may_view(Area.SALES)
        return {
            "asked": item,
            "proof": proof(item),
            "order_url": reverse("admin:payments_order_change", args=[order.pk])
            if order and may_see
            else "",
            "acts": self.ways(request, item),
        }

    def ways(self, request: HttpRequest, item: FindRequest) -> list[tuple[Any, str]]:
        """Return what can be done about a request."""
        if item.state != State.WAITING or not self.has_change_permission(request):
            return []
        ways: list[tuple[Any, str]] = []
        if item.order is not None:
            ways.append((_("Move it to their address"), self.url_for("move", item.pk)))
        return [*ways, (_("Nothing to move"), self.url_for("refuse", item.pk))]

    def move_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what moving the order would do, and do it."""
        item = self.found(request, pk)
        order = item.order
        if order is None:
            raise Http404
        if request.method == "POST":
            staff = staff_of(request)
            try:
                grant_request(item, by=staff.name, now=clock.now())
            except CannotMove as error:
                messages.error(request, str(error.sentence))
            else:
                write(staff, log.MOVE, order, [f"{order.email} → {item.email}"])
                messages.success(request, _("Moved. Both get a mail."))
            return HttpResponseRedirect(self.url_of(item))
        preview(accesses_of(order), order.email, item.email)
        effect = Effect(
            title=_("Move order %(number)s to %(email)s?")
            % {"number": order.number, "email": item.email},
            verb=_("Move it"),
            sentences=[
                proof(item),
                *in_words(preview(accesses_of(order), order.email, item.email)),
            ],
            back_url=self.url_of(item),
            is_dangerous=not item.is_proved,
        )
        return confirm(request, effect)

    def refuse_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Tell them that nothing was found."""
        item = self.found(request, pk)
        form = RefuseForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            staff = staff_of(request)
            refuse_request(item, by=staff.name, now=clock.now(), note=form.cleaned_data["note"])
            write(staff, log.CHANGE, item)
            messages.success(request, _("They get a mail."))
            return HttpResponseRedirect(self.url_of(item))
        effect = Effect(
            title=_("Tell %(who)s that nothing was found?") % {"who": item},
            verb=_("Tell them"),
            sentences=[_("Nothing moves. They can answer your mail, or look again.")],
            back_url=self.url_of(item),
        )
        return confirm(request, effect, form)

    def found(self, request: HttpRequest, pk: int) -> FindRequest:
        """Return a waiting request of this store, for who may answer it."""
        item: FindRequest | None = self.get_queryset(request).filter(pk=pk).first()
        if item is None or item.state != State.WAITING:
            raise Http404
        if not self.has_change_permission(request, item):
            raise PermissionDenied
        return item


def proof(item: FindRequest) -> str:
    """Return in words what speaks for a request."""
    if item.order is None:
        return _("No paid order has the number they wrote.") if item.number else _("No number.")
    if item.is_proved:
        return _("The last four digits are those of the card it was paid with.")
    if item.last4:
        return _("The last four digits are not those of the card it was paid with.")
    return _("They did not write the card's last four digits.")


site.register(FindRequest, FindRequestAdmin)
