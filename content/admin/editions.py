"""Editions in a product's workspace: the list, preparing one, sending it out, taking it back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from content.errors import CannotSendOut
from content.forms.editions import EditionForm
from content.forms.uploads import UploadField
from content.models import Edition
from content.services.editions import making
from content.services.editions.telling import count_readers, how_it_went
from core import clock
from products.models import Product
from products.services.moments import in_words
from stores.admin import Effect, confirm, log
from stores.admin.site import staff_of
from stores.services.log import write


@dataclass
class Files:
    """The files that came with the form: what is to be kept, and why others are refused."""

    taken: dict[str, Any] = field(default_factory=dict)
    """By the name of their field."""
    refused: dict[str, Any] = field(default_factory=dict)
    arrived: set[str] = field(default_factory=set)
    """Those of ``taken`` that wait here, whatever becomes of the form."""


class EditionViews:
    """The pages about the editions of one product, for the admin of a format that has files.

    The format says which fields its files have, judges what came, and keeps it.
    """

    admin_site: Any
    opts: Any
    get_object: Any
    has_change_permission: Any
    has_view_permission: Any
    url_for: Any
    url_of: Any
    tabs: Any
    sender: Any

    def edition_files(self, product: Product) -> Mapping[str, UploadField]:
        """Return the fields of an edition's files, by name."""
        return {}

    @contextmanager
    def files_found(self, request: HttpRequest, product: Product) -> Iterator[Files]:
        """Judge the files that came; they live for the block."""
        yield Files()

    def keep_files(
        self, request: HttpRequest, product: Product, edition: Edition, now: datetime
    ) -> list[str]:
        """Keep what was taken as files of the edition; return what is to be said of it."""
        return []

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the addresses of these pages."""
        pages = {
            "editions": ("editions/", self.editions_view),
            "edition_new": ("editions/new/", self.edition_new_view),
            "edition": ("editions/<int:edition_pk>/", self.edition_view),
            "edition_out": ("editions/<int:edition_pk>/out/", self.edition_out_view),
            "edition_back": ("editions/<int:edition_pk>/back/", self.edition_back_view),
            "edition_drop": ("editions/<int:edition_pk>/drop/", self.edition_drop_view),
        }
        view, name = self.admin_site.admin_view, f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            *(
                path(f"<int:pk>/{end}", view(page), name=f"{name}_{key}")
                for key, (end, page) in pages.items()
            ),
            *super().get_urls(),  # type: ignore[misc]  # of the admin this is mixed into
        ]

    def editions_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """List the editions, the newest first, each with how its readers were told."""
        product = self._product(request, pk, to_change=False)
        editions = list(Edition.objects.filter(product=product.pk).order_by("-number"))
        now, states = clock.now(), how_it_went(editions)
        may_change = self.has_change_permission(request, product)
        ahead = any(not edition.is_out(now) for edition in editions)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Editions of “%(title)s”") % {"title": product.title},
            "tabs": self.tabs(request, product),
            "back_url": self.url_of(product),
            "rows": [self._row(product, each, states[each.pk], now) for each in editions],
            "may_change": may_change,
            "new_url": "" if ahead or not may_change else self.url_for("edition_new", product.pk),
        }
        return TemplateResponse(request, "content/admin/editions.html", context)

    def _row(
        self, product: Product, edition: Edition, states: dict[str, int], now: datetime
    ) -> dict[str, Any]:
        acts = [(_("Change what it says"), self._page("edition", product, edition))]
        if edition.out_at is None:
            acts = [
                (_("Go on with it"), self._page("edition", product, edition)),
                (_("Send it out"), self._page("edition_out", product, edition)),
                (_("Throw it away"), self._page("edition_drop", product, edition)),
            ]
        elif edition.can_be_taken_back(now):
            acts = [(_("Take it back"), self._page("edition_back", product, edition))]
        return {
            "edition": edition,
            "paragraphs": [line for line in edition.news.splitlines() if line.strip()],
            "state": standing(edition, now),
            "told": told_in_words(states),
            "acts": acts,
        }

    def edition_new_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for the files and words of a new edition; keep them on POST."""
        product = self._product(request, pk)
        ahead = making.edition_ahead(product, clock.now())
        if ahead is not None:
            return HttpResponseRedirect(self._page("edition", product, ahead))
        return self._edit(request, product, None)

    def edition_view(self, request: HttpRequest, pk: int, edition_pk: int) -> HttpResponse:
        """Show the files and words of an edition; one that went out has its words alone."""
        product = self._product(request, pk)
        return self._edit(request, product, self._edition(product, edition_pk))

    def _edit(
        self, request: HttpRequest, product: Product, edition: Edition | None
    ) -> HttpResponse:
        is_prepared = edition is None or edition.out_at is None
        fields = self.edition_files(product) if is_prepared else {}
        options = {"edition": edition, "files": fields, "sender": self.sender(request)}
        if request.method != "POST":
            return self._ask(request, product, edition, EditionForm(**options))
        with self.files_found(request, product) as files:
            form = EditionForm(request.POST, request.FILES, **options)
            form.is_valid()
            form.refuse(files.refused, set(files.taken) - files.arrived)
            if form.errors:
                return self._ask(request, product, edition, form)
            try:
                kept = edition or making.prepare(product, clock.now())
            except CannotSendOut as error:
                form.add_error(None, " ".join(error.sentences))
                return self._ask(request, product, edition, form)
            words = form.cleaned_data
            making.describe(kept, name=words["name"], news=words["news"])
            for sentence in self.keep_files(request, product, kept, clock.now()):
                messages.warning(request, sentence)
        write(staff_of(request), log.CHANGE if edition else log.ADD, kept)
        if not is_prepared:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(self.url_for("editions", product.pk))
        messages.success(request, _("Kept. Nobody sees it yet."))
        return HttpResponseRedirect(self._page("edition_out", product, kept))

    def _ask(
        self, request: HttpRequest, product: Product, edition: Edition | None, form: EditionForm
    ) -> HttpResponse:
        is_prepared = edition is None or edition.out_at is None
        title = _("A new edition of “%(title)s”") if is_prepared else _("What it says: %(edition)s")
        lead = [
            _("Its readers should know of a new edition: they are told, and get it free."),
            _(
                "Mended no more than a few words? That is a correction: put the file into the"
                " book's own form, and nobody is told."
            ),
        ]
        effect = Effect(
            title=title % {"title": product.title, "edition": edition},
            verb=_("Keep, and look what happens next") if is_prepared else _("Save"),
            sentences=lead if is_prepared else [_("Nobody is told again.")],
            back_url=self.url_for("editions", product.pk),
        )
        return confirm(request, effect, form, media=form.media)

    def edition_out_view(self, request: HttpRequest, pk: int, edition_pk: int) -> HttpResponse:
        """Say who will be told before an edition goes out; send it on its way on POST."""
        product = self._product(request, pk)
        edition = self._edition(product, edition_pk)
        if edition.out_at is not None:
            return HttpResponseRedirect(self.url_for("editions", product.pk))
        missing = making.missing(edition)
        if request.method == "POST" and not missing:
            try:
                sent = making.send_out(edition, clock.now())
            except CannotSendOut as error:
                missing = list(error.sentences)
            else:
                write(staff_of(request), log.SEND_OUT, sent)
                messages.success(request, on_its_way(sent))
                return HttpResponseRedirect(self.url_for("editions", product.pk))
        effect = Effect(
            title=_("Send out %(edition)s?") % {"edition": edition},
            verb=_("Send it out"),
            sentences=[] if missing else self._effect(product, edition),
            back_url=self._page("edition", product, edition),
            blockers=missing,
        )
        return confirm(request, effect)

    def _effect(self, product: Product, edition: Edition) -> list[str]:
        files = edition.assets.select_related("part")
        new = {asset.part.kind for asset in files}
        kinds = product.parts.published().filter(preview=False).exclude(kind__in=new)
        stays = [kind.upper() for kind in kinds.values_list("kind", flat=True)]
        return [
            will_be_told(count_readers(product, clock.now())),
            _("It goes out in ten minutes; until then you can take it back."),
            _("Places and notes come along wherever the words are still there."),
            _("Whoever has the edition before it can still download that one."),
            *(_("The %(kind)s stays as it is.") % {"kind": kind} for kind in stays),
        ]

    def edition_back_view(self, request: HttpRequest, pk: int, edition_pk: int) -> HttpResponse:
        """Ask before taking back an edition on its way; take it back on POST."""
        product = self._product(request, pk)
        edition = self._edition(product, edition_pk)
        if edition.out_at is None:
            return HttpResponseRedirect(self.url_for("editions", product.pk))
        blockers: list[str] = []
        if edition.is_out(clock.now()):
            blockers = [_("It is out already. A mistake in it is mended by a correction.")]
        elif request.method == "POST":
            try:
                making.take_back(edition, clock.now())
            except CannotSendOut as error:
                blockers = list(error.sentences)
            else:
                write(staff_of(request), log.CHANGE, edition)
                messages.success(request, _("It is back with you. Nobody was told."))
                return HttpResponseRedirect(self.url_for("editions", product.pk))
        effect = Effect(
            title=_("Take back %(edition)s?") % {"edition": edition},
            verb=_("Take it back"),
            sentences=[] if blockers else [_("Nobody was told yet, and nobody is.")],
            back_url=self.url_for("editions", product.pk),
            blockers=blockers,
        )
        return confirm(request, effect)

    def edition_drop_view(self, request: HttpRequest, pk: int, edition_pk: int) -> HttpResponse:
        """Ask before throwing away an edition that is being prepared; do it on POST."""
        product = self._product(request, pk)
        edition = self._edition(product, edition_pk)
        blockers = [] if edition.out_at is None else [_("An edition that went out stays.")]
        if request.method == "POST" and not blockers:
            try:
                making.throw_away(edition)
            except CannotSendOut as error:
                blockers = list(error.sentences)
            else:
                write(staff_of(request), log.DELETE, edition)
                messages.success(request, _("It was thrown away."))
                return HttpResponseRedirect(self.url_for("editions", product.pk))
        effect = Effect(
            title=_("Throw away %(edition)s?") % {"edition": edition},
            verb=_("Throw it away"),
            sentences=[]
            if blockers
            else [_("Its new files and what you wrote of it are deleted. This cannot be undone.")],
            back_url=self.url_for("editions", product.pk),
            is_dangerous=True,
            blockers=blockers,
        )
        return confirm(request, effect)

    def _product(self, request: HttpRequest, pk: int, *, to_change: bool = True) -> Product:
        product: Product | None = self.get_object(request, str(pk))
        if product is None:
            raise Http404
        may = self.has_change_permission if to_change else self.has_view_permission
        if not may(request, product):
            raise PermissionDenied
        return product

    def _edition(self, product: Product, pk: int) -> Edition:
        try:
            found: Edition | None = Edition.objects.filter(product=product.pk, pk=pk).first()
        except OverflowError:
            found = None
        if found is None:
            raise Http404
        return found

    def _page(self, page: str, product: Product, edition: Edition) -> str:
        url: str = self.url_for(page, product.pk, edition.pk)
        return url


def standing(edition: Edition, now: datetime) -> str:
    """Return where an edition stands, in a sentence."""
    if edition.out_at is None:
        return _("Being prepared. Nobody sees it yet.")
    if edition.can_be_taken_back(now):
        return _("Goes out %(when)s. Until then you can take it back.") % {
            "when": in_words(edition.out_at)
        }
    return _("Out since %(when)s.") % {"when": in_words(edition.out_at)}


def told_in_words(states: dict[str, int]) -> str:
    """Return how many were told of an edition, are being told, and could not be."""
    sent, failed = states.get("sent", 0), states.get("failed", 0)
    waits = states.get("waiting", 0)
    words = []
    if sent:
        told = ngettext("%(count)s reader was told.", "%(count)s readers were told.", sent)
        words.append(told % {"count": sent})
    if waits:
        wait = ngettext("%(count)s mail is on its way.", "%(count)s mails are on their way.", waits)
        words.append(wait % {"count": waits})
    if failed:
        bad = ngettext("%(count)s mail did not arrive.", "%(count)s mails did not arrive.", failed)
        words.append(bad % {"count": failed})
    return " ".join(words)


def will_be_told(count: int) -> str:
    """Return who is told, before an edition goes out."""
    if not count:
        return _("Nobody has it yet, so nobody is told.")
    words = ngettext(
        "%(count)s reader will be told, by one mail.",
        "%(count)s readers will be told, by one mail each.",
        count,
    )
    return words % {"count": count}


def on_its_way(edition: Edition) -> str:
    """Return when it goes out, once it was sent."""
    words = _("It goes out %(when)s. Until then you can take it back.")
    return words % {"when": in_words(edition.out_at)} if edition.out_at else ""
