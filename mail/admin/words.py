"""Shop window → Mails: every kind in plain words, and the store's own words for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from core import clock
from mail.admin.places import Place, fillable_of, is_outgrown, languages_of, preview
from mail.forms import MineForm, WordsForm
from mail.models import Wording
from mail.services.team import choose
from mail.services.wordings import Words, back_to_ours, our_words, reword, rewordable, wording_of
from stores.admin import Effect, Group, MenuItem, ReadAdmin, Row, confirm, log, site
from stores.admin.site import staff_of, store_of
from stores.models import Store
from stores.roles import Area
from stores.services.log import write
from stores.slots import MailKind


class WordingAdmin(ReadAdmin):
    """Every mail a store sends, to be put in the store's own words."""

    area = Area.MAILS
    menu = MenuItem(Group.SHOP_WINDOW, gettext_lazy("Mails"), 2)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the pages of a kind, and who of the team gets what."""
        pages = {
            "words": self.words_view,
            "preview": self.preview_view,
            "back": self.back_view,
            "mine": self.mine_view,
        }
        return [
            *(
                path(f"{name}/", self.admin_site.admin_view(view), name=f"mail_wording_{name}")
                for name, view in pages.items()
            ),
            *super().get_urls(),
        ]

    def is_here(self, path: str) -> bool:
        """The pages of a kind stand under the list's own address."""
        return False

    def url_of(self, row: Any) -> str:
        """Return the page of the kind it words."""
        return f"{self.url_for('words')}?{urlencode({'kind': row.kind, 'language': row.language})}"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """List every kind: when it is sent, and whose words it has."""
        if not self.has_view_permission(request):
            return site.not_for_you(request)
        kinds, store = rewordable(), store_of(request)
        own = {(row.kind, row.language): row for row in Wording.objects.all()}
        groups = [
            (_("To your customers"), [kind for kind in kinds if not kind.to_creator]),
            (_("To you and your team"), [kind for kind in kinds if kind.to_creator]),
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Mails"),
            "groups": [
                (title, [self.kind_row(store, kind, own) for kind in found])
                for title, found in groups
                if found
            ],
            "mine_url": self.url_for("mine"),
        }
        return TemplateResponse(request, "mail/admin/kinds.html", context)

    def kind_row(self, store: Store, kind: MailKind, own: dict[tuple[str, str], Wording]) -> Row:
        """Return a kind as a sentence: its name, when it is sent, and whose words it has."""
        places = [Place(kind, language) for language in languages_of(store, kind)]
        rows = [(place, own.get((kind.key, place.language))) for place in places]
        outgrown = [row for place, row in rows if row and is_outgrown(place, row)]
        state, tone = "", ""
        if outgrown:
            state, tone = _("needs a look"), "warn"
        elif any(row for _place, row in rows):
            state, tone = _("in your words"), "good"
        url = f"{self.url_for('words')}?{places[0].query}"
        return Row(capfirst(str(kind.label)), url, state, tone, detail=kind.when)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """A row has no page of its own: it opens its kind's."""
        row = None if object_id is None else self.get_object(request, object_id)
        if row is None or request.method == "POST" or not self.has_view_permission(request):
            return super().changeform_view(request, object_id, form_url, extra_context)
        return HttpResponseRedirect(self.url_of(row))

    def words_view(self, request: HttpRequest) -> HttpResponse:
        """Show a kind's words and how they look; keep the store's own on POST."""
        place = self.place_asked(request)
        if place is None:
            return HttpResponseRedirect(self.url_for("changelist"))
        if request.method != "POST":
            return self.words_page(request, place, None)
        if not self.has_change_permission(request):
            raise PermissionDenied
        form = WordsForm(request.POST, kind=place.kind, language=place.language)
        if not form.is_valid():
            return self.words_page(request, place, form)
        wording = reword(place.kind, place.language, form.words(), now=clock.now())
        write(staff_of(request), log.CHANGE, wording, form.changed_data)
        messages.success(request, _("Saved. From now on it is sent in your words."))
        return HttpResponseRedirect(f"{request.path}?{place.query}")

    def preview_view(self, request: HttpRequest) -> HttpResponse:
        """Show how the words just typed look, without keeping them."""
        place = self.place_asked(request)
        if place is None or request.method != "POST":
            return HttpResponseRedirect(self.url_for("changelist"))
        form = WordsForm(request.POST, kind=place.kind, language=place.language)
        form.is_valid()
        return self.words_page(request, place, form)

    def words_page(
        self, request: HttpRequest, place: Place, form: WordsForm | None
    ) -> HttpResponse:
        """Return the page of a kind in a language: the words, what can be filled in, the look."""
        wording = wording_of(place.kind.key, place.language)
        kept = None if wording is None else Words(wording.subject, wording.text)
        begun = kept or our_words(place.kind, place.language)
        shown = kept
        if form is not None and form.is_valid():
            shown = form.words()
        form = form or WordsForm(
            initial={"subject": begun.subject, "text": begun.text},
            kind=place.kind,
            language=place.language,
        )
        may_change = self.has_change_permission(request)
        if not may_change:
            for field in form.fields.values():
                field.disabled = True
        context = {
            **self.admin_site.each_context(request),
            "title": capfirst(str(place.kind.label)),
            "kind": place.kind,
            "form": form,
            "may_change": may_change,
            "is_own": kept is not None,
            "is_outgrown": wording is not None and is_outgrown(place, wording),
            "is_preview": request.path == self.url_for("preview"),
            "tabs": self.language_tabs(request, place),
            "fillable": fillable_of(place),
            "preview": preview(store_of(request), place, shown),
            "back_url": self.url_for("changelist"),
            "save_url": f"{self.url_for('words')}?{place.query}",
            "preview_url": f"{self.url_for('preview')}?{place.query}#preview",
            "ours_url": f"{self.url_for('back')}?{place.query}",
        }
        status = 200
        return TemplateResponse(request, "mail/admin/words.html", context, status=status)

    def back_view(self, request: HttpRequest) -> HttpResponse:
        """Ask before a store's own words are given up for ours."""
        place = self.place_asked(request)
        if place is None:
            return HttpResponseRedirect(self.url_for("changelist"))
        if not self.has_change_permission(request):
            raise PermissionDenied
        back_url = f"{self.url_for('words')}?{place.query}"
        wording = wording_of(place.kind.key, place.language)
        if wording is None:
            return HttpResponseRedirect(back_url)
        if request.method == "POST":
            write(staff_of(request), log.OURS, wording)
            back_to_ours(place.kind, place.language)
            messages.success(request, _("It is sent in our words again."))
            return HttpResponseRedirect(back_url)
        ours = our_words(place.kind, place.language)
        effect = Effect(
            title=_("Back to our words?"),
            verb=_("Back to our words"),
            sentences=[
                _("Your words for this mail are forgotten. It is sent like this again:"),
                ours.subject,
            ],
            back_url=back_url,
            is_dangerous=True,
        )
        return confirm(request, effect)

    def mine_view(self, request: HttpRequest) -> HttpResponse:
        """Let anyone of the team choose which of the creator's mails come to them."""
        staff = staff_of(request)
        form = MineForm(request.POST if request.method == "POST" else None, staff=staff)
        if request.method == "POST" and form.is_valid():
            choose(staff, form.cleaned_data["kinds"])
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(self.url_for("mine"))
        effect = Effect(
            title=_("Mails to me"),
            verb=_("Save"),
            sentences=[_("They go to %(address)s.") % {"address": staff.user.email}],
            back_url=reverse("admin:index"),
        )
        return confirm(request, effect, form)

    def place_asked(self, request: HttpRequest) -> Place | None:
        """Return the kind and language a page was asked about; None when it says none."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if "kind" not in request.GET:
            return None
        key, language = request.GET["kind"], request.GET.get("language", "")
        found = next((kind for kind in rewordable() if kind.key == key), None)
        if found is None or language not in languages_of(store_of(request), found):
            raise Http404
        return Place(found, language)

    def language_tabs(self, request: HttpRequest, place: Place) -> Sequence[dict[str, Any]]:
        """Return the kind's page in each language of the store; nothing when it has one."""
        places = [Place(place.kind, code) for code in languages_of(store_of(request), place.kind)]
        if len(places) == 1:
            return ()
        return [
            {
                "name": get_language_info(each.language)["name_local"],
                "url": f"{self.url_for('words')}?{each.query}",
                "is_here": each == place,
            }
            for each in places
        ]


site.register(Wording, WordingAdmin)
