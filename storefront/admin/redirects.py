"""Shop window → Redirects: addresses that moved, one by one or as a table."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from core import clock
from storefront.blocks.fields import is_safe_link
from storefront.errors import LeadsInACircle
from storefront.models import Redirect
from storefront.services.redirects import check, clean_old, take_table
from stores.admin import Effect, Group, MenuItem, Row, StoreModelAdmin, confirm, log, site
from stores.admin.site import staff_of
from stores.forms import StoreForm
from stores.roles import Area
from stores.services.log import write

LARGEST_TABLE = 1024 * 1024
MOST_SAID = 5


class RedirectForm(StoreForm[Redirect]):
    """Where an address leads; never back to itself."""

    class Meta:
        model = Redirect
        fields = ("old_path", "new_path", "is_permanent")
        widgets = {  # noqa: RUF012 -- read once by Django
            "old_path": forms.TextInput({"dir": "ltr", "placeholder": "/old-page/"}),
            "new_path": forms.TextInput({"dir": "ltr", "placeholder": "/pages/new/"}),
        }
        help_texts = {  # noqa: RUF012 -- read once by Django
            "old_path": gettext_lazy("It is followed only where the shop has no page of its own."),
            "is_permanent": gettext_lazy(
                "Search engines move to the new address. Untick it for a while only."
            ),
        }

    def clean_old_path(self) -> str:
        """Return the path as it is looked up."""
        text: str = self.cleaned_data["old_path"]
        if not text.startswith(("/", "http://", "https://")):
            raise forms.ValidationError(_("An address begins with /."))
        return clean_old(text)

    def clean_new_path(self) -> str:
        """Return where it leads."""
        text: str = self.cleaned_data["new_path"].strip()
        if not is_safe_link(text) or text.startswith(("#", "mailto:", "tel:")):
            raise forms.ValidationError(
                _("This is not an address. It begins with https:// or with /.")
            )
        return text

    def clean(self) -> dict[str, Any]:
        """Refuse what would lead in a circle."""
        values = super().clean()
        old, new = values.get("old_path"), values.get("new_path")
        if old and new:
            try:
                check(old, new, but=self.instance.pk)
            except LeadsInACircle:
                self.add_error("new_path", _("This would lead back to where it begins."))
        return values


class TableForm(forms.Form):
    """A table of redirects."""

    table = forms.FileField(
        label=gettext_lazy("The table, as CSV"),
        help_text=gettext_lazy("Two columns: old address, new address. A third may say 302."),
        error_messages={"required": gettext_lazy("Choose the table.")},
    )

    def clean_table(self) -> str:
        """Return the table's text."""
        upload = self.cleaned_data["table"]
        if upload.size > LARGEST_TABLE:
            raise forms.ValidationError(_("This file is too large: up to 1 MB."))
        try:
            text: str = upload.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise forms.ValidationError(_("Save the table as CSV in UTF-8.")) from error
        return text.replace("\x00", "")


class RedirectAdmin(StoreModelAdmin):
    """Addresses that moved."""

    area = Area.SHOP_WINDOW
    menu = MenuItem(
        Group.SHOP_WINDOW, pgettext_lazy("menu", "Redirects"), 6, within="storefront.page"
    )
    form = RedirectForm
    fieldsets = ((None, {"fields": ("old_path", "new_path", "is_permanent")}),)
    add_verb = gettext_lazy("New redirect")
    lead = gettext_lazy(
        "Old addresses, and where they lead now. When a page moves, one is made by itself."
    )
    empty = gettext_lazy(
        "When you come from another shop, let its addresses lead to your pages here."
    )
    search_fields = ("old_path", "new_path")
    change_list_template = "storefront/admin/redirects.html"

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the table."""
        view = self.admin_site.admin_view
        return [
            path("table/", view(self.table_view), name="storefront_redirect_table"),
            *super().get_urls(),
        ]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A redirect may go."""
        return self.has_change_permission(request, obj)

    def delete_effect(self, request: HttpRequest, item: Redirect) -> list[Any]:
        """Say what happens to the address."""
        return [_("%(path)s leads nowhere then.") % {"path": item.old_path}]

    def acts(self, request: HttpRequest, item: Redirect | None) -> list[tuple[str, str]]:
        """Return the way to delete it."""
        if item is None or not self.has_change_permission(request, item):
            return []
        return [(_("Delete"), self.url_for("delete", item.pk))]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the list, with the way to take in a table."""
        table_url = self.url_for("table") if self.has_add_permission(request) else ""
        extra = {"table_url": table_url, **(extra_context or {})}
        return super().changelist_view(request, extra)

    def row(self, request: HttpRequest, item: Redirect) -> Row:
        """Return an address, where it leads, and how often it was followed."""
        words = ngettext("followed %(count)s time", "followed %(count)s times", item.hits)
        return Row(
            name=item.old_path,
            url=self.url_of(item),
            state="" if item.is_permanent else _("for now"),
            detail=f"→ {item.new_path}",
            number=words % {"count": item.hits},
        )

    def table_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for a table; take it in on POST and say which lines were not taken."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = TableForm(request.POST, request.FILES) if request.method == "POST" else TableForm()
        if request.method == "POST" and form.is_valid():
            done = take_table(form.cleaned_data["table"], now=clock.now())
            words = ngettext(
                "%(count)s address leads on now.", "%(count)s addresses lead on now.", done.made
            )
            messages.success(request, words % {"count": done.made})
            for sentence in done.wrong[:MOST_SAID]:
                messages.warning(request, sentence)
            row = Redirect.objects.first()
            if row is not None and done.made:
                write(staff_of(request), log.ADD, row, [str(done.made)])
            return HttpResponseRedirect(self.url_for("changelist"))
        effect = Effect(
            title=_("Redirects from a table"),
            verb=_("Take it in"),
            sentences=[_("An address that leads somewhere already leads where the table says.")],
            back_url=self.url_for("changelist"),
        )
        return confirm(request, effect, form)


site.register(Redirect, RedirectAdmin)
