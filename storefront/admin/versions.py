"""Publishing a page, now or later, taking it off, and going back to how it was."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from storefront.admin.editor import live_path
from storefront.models import Page, PageVersion
from storefront.services.pages import publishing
from storefront.services.pages.drafts import drop_draft
from storefront.services.pages.showing import draft_blocks, published_blocks
from stores.admin import Effect, Row, confirm, log
from stores.admin.site import staff_of
from stores.services.log import write
from stores.services.moments import in_short


class WhenForm(forms.Form):
    """At once, or at a moment of the store's zone."""

    at = forms.DateTimeField(
        label=gettext_lazy("When? Left empty: now"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=gettext_lazy("In the store's time zone."),
    )

    def clean_at(self) -> Any:
        """Return the moment; what has passed is now."""
        at = self.cleaned_data["at"]
        return at if at and at > clock.now() else None


class VersionViews:
    """The acts that change what visitors see."""

    def version_urls(self: Any) -> list[URLPattern]:
        """Return the addresses of these pages."""
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/publish/", view(self.publish_view), name="storefront_page_publish"),
            path(
                "<int:pk>/unpublish/", view(self.unpublish_view), name="storefront_page_unpublish"
            ),
            path("<int:pk>/versions/", view(self.versions_view), name="storefront_page_versions"),
            path(
                "<int:pk>/versions/<int:version_pk>/",
                view(self.restore_view),
                name="storefront_page_restore",
            ),
            path("<int:pk>/drop/", view(self.drop_view), name="storefront_page_drop"),
        ]

    def publish_view(self: Any, request: HttpRequest, pk: int) -> HttpResponse:
        """Say what visitors will see differently; publish on POST, or at a moment."""
        page = self.changeable(request, pk)
        form = WhenForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            at, now = form.cleaned_data["at"], clock.now()
            if at is not None:
                publishing.schedule(page, at=at, staff=staff_of(request), now=now)
                messages.success(request, _("It goes out %(moment)s.") % {"moment": in_short(at)})
            else:
                publishing.publish(page, staff=staff_of(request), now=now)
                messages.success(request, _("Published."))
            write(staff_of(request), log.CHANGE, page, [_("published")])
            return HttpResponseRedirect(self.url_of(page))
        effect = Effect(
            title=_("Publish “%(name)s”?") % {"name": page.title},
            verb=_("Publish"),
            sentences=self._effect(page),
            back_url=self.url_of(page),
        )
        return confirm(request, effect, form)

    def _effect(self, page: Page) -> list[str]:
        new, old = draft_blocks(page), published_blocks(page)
        if page.shown_id is None:
            words = {"length": publishing.length_in_words(new)}
            first = _("Visitors see this page from now on: %(length)s.") % words
            if page.kind == Page.Kind.HOME:
                return [first, _("It takes the place of the front page that made itself.")]
            if page.kind == Page.Kind.POLICY:
                return [
                    first,
                    _("A link to it stands at the foot of every page."),
                    _("Have a lawyer look at it first."),
                ]
            return [first]
        return publishing.what_changes(old, new) or [_("Nothing changes for visitors.")]

    def unpublish_view(self: Any, request: HttpRequest, pk: int) -> HttpResponse:
        """Say what taking it off means; do it on POST."""
        page = self.changeable(request, pk)
        if request.method == "POST":
            publishing.unpublish(page)
            write(staff_of(request), log.CHANGE, page, [_("taken off the shop")])
            messages.success(request, _("Visitors do not see it any more."))
            return HttpResponseRedirect(self.url_of(page))
        last = (
            _("The front page makes itself again, from your products.")
            if page.kind == Page.Kind.HOME
            else _("Its address leads nowhere then, and links to it go from your menus.")
        )
        effect = Effect(
            title=_("Take “%(name)s” off the shop?") % {"name": page.title},
            verb=_("Take it off"),
            sentences=[last, _("Its blocks and versions are all still here.")],
            back_url=self.url_of(page),
            is_dangerous=True,
            blockers=() if page.shown_id else [_("It is not published.")],
        )
        return confirm(request, effect)

    def versions_view(self: Any, request: HttpRequest, pk: int) -> HttpResponse:
        """List what the page was, the newest first."""
        page: Page | None = self.get_object(request, str(pk))
        if page is None:
            raise Http404
        if not self.has_view_permission(request, page):
            raise PermissionDenied
        versions = PageVersion.objects.filter(page=page).select_related("saved_by")
        context = {
            **self.admin_site.each_context(request),
            "title": page.title,
            "back_url": self.url_for("changelist"),
            "tabs": self.tabs(request, page),
            "rows": [self._version(page, each, request) for each in versions],
            "live_url": live_path(page),
            "drop_url": self.url_for("drop", page.pk),
            "has_draft": any(each.published_at is None for each in versions),
        }
        return TemplateResponse(request, "storefront/admin/versions.html", context)

    def _version(self: Any, page: Page, version: PageVersion, request: HttpRequest) -> Row:
        is_draft = version.published_at is None
        is_live = version.pk == page.shown_id
        words = [publishing.length_in_words(version.blocks)]
        words += [version.saved_by.name] if version.saved_by else []
        may_restore = not is_draft and self.has_change_permission(request, page)
        return Row(
            name=in_short(version.published_at) if version.published_at else _("Draft"),
            url=self.url_of(page) if is_draft else "",
            state=_("what visitors see") if is_live else "",
            tone="good" if is_live else "",
            detail=" · ".join(words),
            next_step=_("Back to this one") if may_restore else "",
            next_url=self.url_for("restore", page.pk, version.pk) if may_restore else "",
        )

    def restore_view(self: Any, request: HttpRequest, pk: int, version_pk: int) -> HttpResponse:
        """Say what going back does; make the draft what it was on POST."""
        page = self.changeable(request, pk)
        version: PageVersion | None = PageVersion.objects.filter(page=page, pk=version_pk).first()
        if version is None:
            raise Http404
        if request.method == "POST":
            publishing.restore(page, version, staff=staff_of(request), now=clock.now())
            write(staff_of(request), log.CHANGE, page, [_("went back to an older version")])
            messages.success(request, _("The draft is as it was then. Look at it, and publish it."))
            return HttpResponseRedirect(self.url_of(page))
        effect = Effect(
            title=_("Back to this version?"),
            verb=_("Back to this one"),
            sentences=[
                _("The draft becomes what the page was then: %(length)s.")
                % {"length": publishing.length_in_words(version.blocks)},
                _("Nothing changes for visitors before you publish it."),
            ],
            back_url=self.url_for("versions", page.pk),
        )
        return confirm(request, effect)

    def drop_view(self: Any, request: HttpRequest, pk: int) -> HttpResponse:
        """Say what throwing the draft away means; do it on POST."""
        page = self.changeable(request, pk)
        if request.method == "POST" and page.shown_id:
            drop_draft(page)
            messages.success(request, _("The draft is gone. The page is as visitors see it."))
            return HttpResponseRedirect(self.url_of(page))
        effect = Effect(
            title=_("Throw the draft away?"),
            verb=_("Throw it away"),
            sentences=[_("What was changed since the page was published is gone for good.")],
            back_url=self.url_of(page),
            is_dangerous=True,
            blockers=()
            if page.shown_id
            else [_("It was never published: the draft is all there is.")],
        )
        return confirm(request, effect)
