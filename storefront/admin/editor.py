"""The editor of a page: its blocks at one side, the page itself at the other.

Each act is a form of its own, so all of it works without a script; ``editor.js`` sends the same
forms in the background, keeps what is typed, and shows the draft as it becomes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override

from content.services.judge import Refused
from core import clock
from core.images import PictureRefusedError
from storefront.blocks import block_types
from storefront.blocks.fields import plain
from storefront.blocks.films import let_films_in
from storefront.errors import ChangedMeanwhile, NoSuchBlock, TooManyBlocks
from storefront.models import Page, PageVersion
from storefront.services.films.keeping import take_in_films
from storefront.services.pages import drafts
from storefront.services.pages.pictures import take_in
from storefront.services.pages.publishing import what_changes
from storefront.services.pages.showing import draft_blocks, published_blocks
from storefront.services.product_page import canonical_path
from storefront.views.pages import page_response
from stores.admin.site import staff_of
from stores.contract import StoreRequest

CAME = ("upload", "film_came", "said")
"""What stands in a block's values until it is taken in."""
ACTS = ("up", "down", "duplicate", "hide", "show", "delete")


def is_scripted(request: HttpRequest) -> bool:
    """Whether the editor's script asks, and wants an answer without a page around it."""
    return request.headers.get("X-Editor") == "1"


class EditorViews:
    """The pages where blocks are added, changed and moved."""

    def editor_urls(self: Any) -> list[URLPattern]:
        """Return the addresses of these pages."""
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/blocks/", view(self.editor_view), name="storefront_page_editor"),
            path("<int:pk>/add/", view(self.add_block_view), name="storefront_page_add_block"),
            path("<int:pk>/order/", view(self.order_view), name="storefront_page_order"),
            path("<int:pk>/undo/", view(self.undo_view), name="storefront_page_undo"),
            path(
                "<int:pk>/blocks/<slug:block_id>/",
                view(self.block_view),
                name="storefront_page_block",
            ),
            path(
                "<int:pk>/blocks/<slug:block_id>/typed/",
                view(self.typed_view),
                name="storefront_page_typed",
            ),
            path(
                "<int:pk>/blocks/<slug:block_id>/<slug:act>/",
                view(self.act_view),
                name="storefront_page_act",
            ),
        ]

    def drafts_of(self, pages: Any) -> dict[int, PageVersion]:
        """Return the draft of each page that has one, by the page's primary key."""
        rows = PageVersion.objects.filter(page__in=pages, published_at=None)
        return {row.page_id: row for row in rows}

    def editor_view(self: Any, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the blocks of a page's draft, and the draft beside them."""
        page: Page | None = self.get_object(request, str(pk))
        if page is None:
            raise Http404
        if not self.has_view_permission(request, page):
            raise PermissionDenied
        if is_scripted(request):
            return HttpResponse(
                render_to_string("storefront/admin/blocks.html", self._list(request, page), request)
            )
        context = {
            **self.admin_site.each_context(request),
            "title": page.title,
            "back_url": self.url_for("changelist"),
            "tabs": self.tabs(request, page),
            "acts": self.acts(request, page),
            **self._list(request, page),
        }
        return TemplateResponse(request, "storefront/admin/editor.html", context)

    def _list(self: Any, request: HttpRequest, page: Page) -> dict[str, Any]:
        draft = (
            PageVersion.objects.filter(page=page, published_at=None)
            .select_related("saved_by")
            .first()
        )
        blocks = list(draft.blocks) if draft else published_blocks(page)
        rows = [
            {
                "id": each["id"],
                "kind": block_types[each["key"]].label,
                "key": each["key"],
                "words": block_types[each["key"]].summary(each["fields"]),
                "is_hidden": each.get("hidden", False),
                "is_law": bool(each["fields"].get("law")),
                "url": self.url_for("block", page.pk, each["id"]),
                "act_url": self.url_for("block", page.pk, each["id"]),
            }
            for each in blocks
            if each["key"] in block_types
        ]
        return {
            "page": page,
            "rows": rows,
            "may_change": self.has_change_permission(request, page),
            "state": self._state(page, draft, blocks),
            "is_changed": draft is not None,
            "undo_count": len(draft.removed) if draft else 0,
            "publish_url": self.url_for("publish", page.pk),
            "add_url": self.url_for("add_block", page.pk),
            "order_url": self.url_for("order", page.pk),
            "undo_url": self.url_for("undo", page.pk),
            "draft_url": draft_path(page),
            "live_url": live_path(page),
            "kinds": block_types.values(),
        }

    def _state(self, page: Page, draft: PageVersion | None, blocks: list[dict[str, Any]]) -> str:
        if draft is None:
            return _("Visitors see exactly this.")
        who = draft.saved_by.name if draft.saved_by else ""
        words = {"hour": date_format(localtime(draft.saved_at), "H:i"), "who": who}
        saved = _("Saved %(hour)s, %(who)s.") % words if who else _("Saved %(hour)s.") % words
        if page.shown_id is None:
            return f"{saved} {_('Nobody sees it yet.')}"
        if not what_changes(published_blocks(page), blocks):
            return f"{saved} {_('Visitors see exactly this.')}"
        return f"{saved} {_('Visitors still see the page as it was.')}"

    def block_view(self: Any, request: HttpRequest, pk: int, block_id: str) -> Any:
        """Show the form of a block; keep what it says on POST."""
        page = self.changeable(request, pk)
        try:
            block = drafts.block_in(draft_blocks(page), block_id)
        except NoSuchBlock as error:
            raise Http404 from error
        kind = block_types[block["key"]]
        if request.method == "POST":
            form = kind.form(request.POST, request.FILES)
            let_films_in(form, self.sender(request))
            if form.is_valid():
                answer = self._keep(request, page, block, form)
                if answer is not None:
                    return answer
        else:
            form = kind.form(initial=block["fields"])
            let_films_in(form, self.sender(request))
        context = {
            "form": form,
            "kind": kind,
            "block": block,
            "was": request.POST.get("was") or drafts.digest_of(block["fields"]),
            "block_url": self.url_for("block", page.pk, block_id),
            "back_url": self.url_of(page),
            "page": page,
        }
        if is_scripted(request):
            html = render_to_string("storefront/admin/block_form.html", context, request)
            status = 422 if request.method == "POST" else 200
            return JsonResponse(
                {"html": html, "errors": form.errors.get_json_data()}, status=status
            )
        around = {**self.admin_site.each_context(request), "title": kind.label, **context}
        return TemplateResponse(request, "storefront/admin/block.html", around)

    def typed_view(self: Any, request: HttpRequest, pk: int, block_id: str) -> HttpResponse:
        """Answer with the page as it is with what is typed in a block's form; nothing is saved.

        What is not right yet stands as it was saved last, and what was emptied stands empty.
        """
        page = self.changeable(request, pk)
        if request.method != "POST":
            return HttpResponseRedirect(self.url_of(page))
        blocks = draft_blocks(page)
        try:
            block = drafts.block_in(blocks, block_id)
        except NoSuchBlock as error:
            raise Http404 from error
        form = block_types[block["key"]].form(request.POST)
        form.is_valid()
        emptied = {name: "" for name in form.errors if request.POST.get(name) == ""}
        typed = {**block["fields"], **emptied, **plain(without_files(form.cleaned_data))}
        shown = [{**each, "fields": typed} if each["id"] == block_id else each for each in blocks]
        with override(page.language):
            return page_response(
                cast("StoreRequest", request), page, shown, clock.now(), is_draft=True
            )

    def _keep(self: Any, request: HttpRequest, page: Page, block: Any, form: Any) -> Any:
        """Keep a block's values and answer; None where something is to be said beside the form."""
        was = "" if request.POST.get("over") else request.POST.get("was", "")
        try:
            values = take_in_films(form.cleaned_data, clock.now())
            fields = plain(take_in(values))
            saved = drafts.save_block(
                page, block["id"], fields, was=was, staff=staff_of(request), now=clock.now()
            )
        except PictureRefusedError as error:
            form.add_error(None, str(error.sentence))
            return None
        except Refused as refused:
            form.add_error("film", str(refused.sentence))
            return None
        except ChangedMeanwhile as error:
            form.changed_by = str(error) or _("Somebody")
            form.add_error(
                None,
                _(
                    "%(who)s changed this block meanwhile. What you wrote is still here: keep"
                    " it, or look at theirs."
                )
                % {"who": form.changed_by},
            )
            return None
        except NoSuchBlock:
            form.add_error(
                None, _("This block was deleted meanwhile. Copy what you need from here.")
            )
            return None
        if is_scripted(request):
            return JsonResponse(
                {
                    "was": drafts.digest_of(saved["fields"]),
                    "words": block_types[saved["key"]].summary(saved["fields"]),
                    "has_new_file": bool(request.FILES) or has_film(form.cleaned_data),
                }
            )
        messages.success(request, _("Saved in the draft."))
        return HttpResponseRedirect(self.url_of(page))

    def add_block_view(self: Any, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the kinds of blocks; add one on POST."""
        page = self.changeable(request, pk)
        if request.method == "POST":
            key = request.POST.get("key", "")
            if key not in block_types:
                raise Http404
            try:
                made = drafts.add_block(
                    page,
                    key,
                    staff=staff_of(request),
                    now=clock.now(),
                    after=request.POST.get("after", ""),
                )
            except TooManyBlocks:
                messages.error(request, _("A page holds up to 60 blocks. Begin another page."))
                return HttpResponseRedirect(self.url_of(page))
            if is_scripted(request):
                return JsonResponse({"id": made["id"]})
            return HttpResponseRedirect(self.url_for("block", page.pk, made["id"]))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Add a block"),
            "back_url": self.url_of(page),
            "kinds": block_types.values(),
            "add_url": self.url_for("add_block", page.pk),
        }
        return TemplateResponse(request, "storefront/admin/picker.html", context)

    def act_view(self: Any, request: HttpRequest, pk: int, block_id: str, act: str) -> Any:
        """Move, copy, hide, show or delete a block."""
        page = self.changeable(request, pk)
        if act not in ACTS:
            raise Http404
        if request.method != "POST":
            return HttpResponseRedirect(self.url_of(page))
        by: dict[str, Any] = {"staff": staff_of(request), "now": clock.now()}
        try:
            if act in {"up", "down"}:
                drafts.move_block(page, block_id, -1 if act == "up" else 1, **by)
            elif act == "duplicate":
                drafts.duplicate_block(page, block_id, **by)
            elif act == "delete":
                drafts.delete_block(page, block_id, **by)
            else:
                drafts.hide_block(page, block_id, is_hidden=act == "hide", **by)
        except NoSuchBlock:
            messages.error(request, _("This block was deleted meanwhile."))
        except TooManyBlocks:
            messages.error(request, _("A page holds up to 60 blocks. Begin another page."))
        return self._after(request, page)

    def order_view(self: Any, request: HttpRequest, pk: int) -> Any:
        """Put the blocks in the order that was dragged."""
        page = self.changeable(request, pk)
        if request.method == "POST":
            ids = [each for each in request.POST.get("ids", "").split(",") if each][:200]
            drafts.order_blocks(page, ids, staff=staff_of(request), now=clock.now())
        return self._after(request, page)

    def undo_view(self: Any, request: HttpRequest, pk: int) -> Any:
        """Bring back the block that was deleted last."""
        page = self.changeable(request, pk)
        if request.method == "POST":
            drafts.undo_delete(page, staff=staff_of(request), now=clock.now())
        return self._after(request, page)

    def _after(self: Any, request: HttpRequest, page: Page) -> Any:
        if is_scripted(request):
            return JsonResponse({})
        return HttpResponseRedirect(self.url_of(page))


def has_film(values: Mapping[str, Any]) -> bool:
    """Whether a film that had been sent before its form came with it."""
    return any(isinstance(value, dict) and value.get("film_came") for value in values.values())


def without_files(value: Any) -> Any:
    """Return a block's values without files just chosen: they are shown once they are kept."""
    if isinstance(value, list):
        return [without_files(each) for each in value]
    if isinstance(value, dict):
        return {key: without_files(inner) for key, inner in value.items() if key not in CAME}
    return value


def draft_path(page: Page) -> str:
    """Return where the draft of a page is seen, in its language."""
    return canonical_path(reverse("storefront:draft", args=[page.public_id]), page.language)


def live_path(page: Page) -> str:
    """Return where visitors see a page; empty while they do not."""
    if page.shown_id is None:
        return ""
    if page.kind == Page.Kind.HOME:
        return canonical_path(reverse("storefront:home"), page.language)
    if page.product is not None:
        slug = page.product.slug or page.product.public_id
        return canonical_path(reverse("storefront:product", args=[slug]), page.language)
    return canonical_path(reverse("storefront:page", args=[page.slug]), page.language)
