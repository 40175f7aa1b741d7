"""Products → Which format suits me?: four questions, a ranked answer, and a draft to begin with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from products.admin.catalogue import addable_formats, url_of_product
from products.contract import formats
from products.forms.choosing import WhichForm
from products.services.beginning import begin, proposed
from products.services.choosing import Ranked, rank
from stores.admin import Group, MenuItem, log, site
from stores.admin.site import staff_of
from stores.roles import Area
from stores.services import first_run
from stores.services.log import write

if TYPE_CHECKING:
    from stores.slots import Text


@dataclass(frozen=True)
class Suggestion:
    """One format in the answer, as the page shows it."""

    name: str
    sentence: Text
    ranked: Ranked
    draft_title: str
    draft_url: str
    """Where its draft is begun; empty where nothing of this format can be made here."""


def which(request: HttpRequest) -> HttpResponse:
    """Ask the questions; on POST keep the answers and show what suits, the best first."""
    require_products(request)
    kept = first_run.first_run().answers
    if request.method == "POST":
        form = WhichForm(request.POST)
        if form.is_valid():
            first_run.keep_answers(form.answers())
            return HttpResponseRedirect(reverse("admin:which-answer"))
        return _page(request, "products/admin/which.html", {"form": form}, status=422)
    return _page(request, "products/admin/which.html", {"form": WhichForm(initial=kept)})


def answer(request: HttpRequest) -> HttpResponse:
    """Show what suits by the answers that are kept, each with its reasons."""
    require_products(request)
    kept = first_run.first_run().answers
    if not kept:
        return HttpResponseRedirect(reverse("admin:which"))
    return _page(request, "products/admin/which_answer.html", {"suggestions": suggestions(kept)})


def begin_draft(request: HttpRequest, key: str) -> HttpResponse:
    """Make the draft a format proposes for the kept answers, on POST, and open it."""
    require_products(request)
    if key not in {each.key for each, _admin in addable_formats()}:
        raise Http404
    if request.method != "POST":
        return HttpResponseRedirect(reverse("admin:which"))
    made = begin(key, answers=first_run.first_run().answers, now=clock.now())
    write(staff_of(request), log.ADD, made)
    messages.success(request, _("A draft: every word and every price in it is yours to change."))
    return HttpResponseRedirect(url_of_product(made))


def suggestions(answers: Mapping[str, Any]) -> list[Suggestion]:
    """Return all formats that give advice, the one that suits best first."""
    addable = {each.key for each, _admin in addable_formats()}
    found = []
    for ranked in rank(answers, answers.get("has", ()), formats):
        key, advice = ranked.format.key, ranked.format.advice
        draft = proposed(key, answers) if key in addable else None
        found.append(
            Suggestion(
                name=capfirst(str(ranked.format.label)),
                sentence=advice.sentence if advice else "",
                ranked=ranked,
                draft_title=str(draft.title) if draft else "",
                draft_url=reverse("admin:which-begin", args=[key]) if key in addable else "",
            )
        )
    return found


def require_products(request: HttpRequest) -> None:
    """Let in only who may change products."""
    if not staff_of(request).may_change(Area.PRODUCTS):
        raise PermissionDenied


def _page(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    said = {**site.each_context(request), "title": _("Which format suits me?"), **context}
    return TemplateResponse(request, template, said, status=status)


site.add_page(
    "products/which/",
    which,
    name="which",
    area=Area.PRODUCTS,
    menu=MenuItem(Group.PRODUCTS, gettext_lazy("Which format?"), 9),
    is_shown=lambda request: staff_of(request).may_change(Area.PRODUCTS),
)
site.add_page("products/which/answer/", answer, name="which-answer")
site.add_page("products/which/<slug:key>/begin/", begin_draft, name="which-begin")
