"""Writing to all who have a product, from its workspace: written, looked at, tried, sent."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from content.admin.editions import told_in_words
from content.forms.holders import ABOUT, NEWS, HolderLetterForm
from content.models import HolderLetter
from content.services import holders
from core import clock
from core.limits import Limit
from products.admin.catalogue import act_url
from products.admin.workspace import MESSAGES
from products.models import Product
from stores.admin import ReadAdmin, Row, log, site
from stores.admin.site import staff_of
from stores.roles import Area
from stores.scope import current_store
from stores.services.log import write
from stores.services.moments import in_short
from stores.services.quiet import quiet_until

TESTS = Limit("holder-letter-tests", 20, 3600)
LATELY = 10


class HolderLetterAdmin(ReadAdmin):
    """What was written to all who have a product; it is reached from the product."""

    area = Area.MAILS
    lead = gettext_lazy("What you wrote to all who have a product.")
    empty = gettext_lazy("Write to all who have a product from its page, under Messages.")
    search_fields = ("subject", "text", "product__title")
    ordering = ("-id",)
    change_form_template = "content/admin/holder_letter.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[HolderLetter]:
        """Return the letters with their products."""
        found: QuerySet[HolderLetter] = super().get_queryset(request)
        return found.select_related("product")

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add writing, and taking back."""
        view = self.admin_site.admin_view
        name = "content_holderletter"
        return [
            path("of/<int:product_pk>/", view(self.write_view), name=f"{name}_write"),
            path("<int:pk>/take-back/", view(self.back_view), name=f"{name}_back"),
            *super().get_urls(),
        ]

    def row(self, request: HttpRequest, item: HolderLetter) -> Row:
        """Return what was written, of what, and how it went."""
        return Row(
            name=item.subject,
            url=self.url_of(item),
            detail=item.product.title,
            state=how_it_stands(item),
            next_step=in_short(item.leaves_at),
        )

    def back_url(self, request: HttpRequest, item: Any) -> str:
        """Return to the product it is about."""
        return write_url(item.product_id) if item is not None else ""

    def form_context(self, request: HttpRequest, item: HolderLetter | None) -> dict[str, Any]:
        """Return a letter as it was written, and how it went."""
        if item is None:
            return {}
        now = clock.now()
        may = self.has_change_permission(request, item) and item.can_be_taken_back(now)
        return {
            "letter": item,
            "state": how_it_stands(item),
            "take_back_url": self.url_for("back", item.pk) if may else "",
        }

    def write_view(self, request: HttpRequest, product_pk: int) -> HttpResponse:
        """Ask for the words; show how they read and to how many they go; try them; send them."""
        product: Product | None = Product.objects.filter(pk=product_pk, deleted_at=None).first()
        if product is None:
            raise Http404
        if not self.has_change_permission(request):
            raise PermissionDenied
        form = HolderLetterForm(request.POST if request.method == "POST" else None)
        step = request.POST.get("step", "")
        if request.method != "POST" or not form.is_valid() or step == "change":
            return self.ask(request, product, form)
        count = holders.count_receivers(product, clock.now(), is_news=form.is_news)
        if step == "test":
            self.try_it(request, product, form)
        elif step == "send" and count:
            return self.send(request, product, form)
        return self.show(request, product, form, count)

    def ask(self, request: HttpRequest, product: Product, form: HolderLetterForm) -> HttpResponse:
        """Show the form, with how many each kind of letter goes to, and what was written lately."""
        now = clock.now()
        lately = HolderLetter.objects.filter(product=product.pk)[:LATELY]
        context = {
            **self.words(request, product),
            "form": form,
            "counts": [
                people(holders.count_receivers(product, now, is_news=is_news), is_news=is_news)
                for is_news in (False, True)
            ],
            "lately": [(each, self.url_of(each), how_it_stands(each)) for each in lately],
        }
        return TemplateResponse(request, "content/admin/write_to_holders.html", context)

    def show(
        self, request: HttpRequest, product: Product, form: HolderLetterForm, count: int
    ) -> HttpResponse:
        """Show how it will read, to how many it goes and when, before anything is sent."""
        said = form.cleaned_data
        now = clock.now()
        leaves_at = now + holders.LEAVES_IN
        waits_until = quiet_until(current_store(), leaves_at)
        accesses = reverse("admin:access_access_changelist")
        context = {
            **self.words(request, product),
            "form": form,
            "said": said,
            "is_news": form.is_news,
            "count": count,
            "people": people(count, is_news=form.is_news),
            "rows_url": f"{accesses}?{urlencode({'product__id__exact': product.pk})}"
            if staff_of(request).may_view(Area.CUSTOMERS)
            else "",
            "when": in_short(waits_until) if waits_until else "",
            "kinds": {"about": ABOUT, "news": NEWS},
        }
        return TemplateResponse(request, "content/admin/letter_to_send.html", context)

    def try_it(self, request: HttpRequest, product: Product, form: HolderLetterForm) -> None:
        """Send it to whoever writes it, alone."""
        staff, said, now = staff_of(request), form.cleaned_data, clock.now()
        if not TESTS.hit(f"{current_store().public_id}:{staff.pk}"):
            messages.warning(request, _("That were many tests for an hour. Try again later."))
            return
        mail = holders.send_test(
            product, subject=said["subject"], text=said["text"], to=staff, now=now
        )
        words = {"address": mail.to_address, "when": in_short(mail.due_at)}
        said_so = _("It is on its way to %(address)s, and to nobody else.")
        if mail.due_at > now:
            said_so = _("It is a quiet time: it goes to %(address)s at its end, %(when)s.")
        messages.success(request, said_so % words)

    def send(self, request: HttpRequest, product: Product, form: HolderLetterForm) -> HttpResponse:
        """Send it on its way; ten minutes are left to take it back."""
        staff, said = staff_of(request), form.cleaned_data
        letter = holders.write(
            product,
            attempt=said["attempt"],
            subject=said["subject"],
            text=said["text"],
            is_news=form.is_news,
            by=staff,
            now=clock.now(),
        )
        write(staff, log.SEND_OUT, letter)
        messages.success(request, _("It leaves in ten minutes. Until then you can take it back."))
        return HttpResponseRedirect(self.url_of(letter))

    def back_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let a letter not leave, and put its words into the form again."""
        letter: HolderLetter | None = self.get_queryset(request).filter(pk=pk).first()
        if letter is None:
            raise Http404
        if not self.has_change_permission(request, letter):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseRedirect(self.url_of(letter))
        if not holders.take_back(letter, clock.now()):
            messages.warning(request, _("Too late: it is leaving."))
            return HttpResponseRedirect(self.url_of(letter))
        write(staff_of(request), log.DELETE, letter)
        messages.success(request, _("Taken back. It goes to nobody; your words are here again."))
        kind = NEWS if letter.is_news else ABOUT
        words = {"subject": letter.subject, "text": letter.text, "kind": kind}
        return self.ask(request, letter.product, HolderLetterForm(initial=words))

    def words(self, request: HttpRequest, product: Product) -> dict[str, Any]:
        """Return what each of its pages says at its head."""
        return {
            **self.admin_site.each_context(request),
            "title": _("Write to all who have “%(title)s”") % {"title": product.title},
            "product": product,
            "back_url": act_url(product, MESSAGES),
            "here": write_url(product.pk),
        }


def write_url(product_pk: int) -> str:
    """Return where one writes to all who have a product."""
    return reverse("admin:content_holderletter_write", args=[product_pk])


def people(count: int, *, is_news: bool) -> str:
    """Return in words to how many a letter goes."""
    if is_news:
        agreed = ngettext(
            "%(count)s person who has it agreed to news.",
            "%(count)s people who have it agreed to news.",
            count,
        )
        return agreed % {"count": count} if count else _("Nobody who has it agreed to news.")
    has = ngettext("%(count)s person has it.", "%(count)s people have it.", count)
    return has % {"count": count} if count else _("Nobody has it yet.")


def how_it_stands(letter: HolderLetter) -> str:
    """Return whether a letter has left, and how many got it."""
    if letter.can_be_taken_back(clock.now()):
        return _("leaves in a few minutes")
    states = holders.how_it_went([letter])[letter.pk]
    return told_in_words(states) or _("It went to nobody.")


site.register(HolderLetter, HolderLetterAdmin)
