"""Pages that every list of the admin shares: a question before an act, and its answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from stores.admin.door import GuardedSite
from stores.admin.site import site

if TYPE_CHECKING:
    from django.utils.functional import Promise

    Text = str | Promise


@dataclass(frozen=True)
class Effect:
    """What an act will do, in sentences, and the words of its button."""

    title: Text
    verb: Text
    sentences: Sequence[Text]
    back_url: str
    is_dangerous: bool = False
    blockers: Sequence[Text] = ()
    """Why it cannot be done; with any of these there is no button."""


def confirm(
    request: HttpRequest,
    effect: Effect,
    form: forms.BaseForm | None = None,
    *,
    at: GuardedSite = site,
    template: str = "admin/confirm.html",
    **extra: Any,
) -> HttpResponse:
    """Ask before an act: what it will do, to whom, and what cannot be undone.

    ``template`` is one that extends "admin/confirm.html".
    """
    context = {
        **at.each_context(request),
        "title": effect.title,
        "effect": effect,
        "form": form,
        "back_url": effect.back_url,
        **extra,
    }
    status = 409 if request.method == "POST" and effect.blockers else 200
    return TemplateResponse(request, template, context, status=status)
