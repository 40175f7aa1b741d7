"""A deed with one row: who may do it, the question before it, and what is said after it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from payments.errors import PaymentError, Refused
from stores.admin import Effect, confirm, log
from stores.admin.site import staff_of
from stores.roles import Area
from stores.services.log import write

Item = TypeVar("Item", bound=Model)


class Doing(Generic[Item]):
    """What the pages of deeds share; a part of an admin of rows that are read."""

    get_queryset: Callable[..., Any]
    url_of: Callable[..., str]

    def found(self, request: HttpRequest, pk: int, area: Area = Area.SALES) -> Item:
        """Return a row of this store, for who may change ``area``."""
        item: Item | None = self.get_queryset(request).filter(pk=pk).first()
        if item is None:
            raise Http404
        if not staff_of(request).may_change(area):
            raise PermissionDenied
        return item

    def ask(
        self,
        request: HttpRequest,
        item: Item,
        effect: Effect,
        deed: Callable[[], object],
        form: forms.Form | None = None,
    ) -> HttpResponse:
        """Ask on GET; on POST do it, write it down, and say what came of it."""
        is_sent = request.method == "POST" and not effect.blockers
        if not is_sent or (form is not None and not form.is_valid()):
            return confirm(request, effect, form)
        try:
            deed()
        except PaymentError as error:
            messages.warning(request, sentence_of(error))
        else:
            messages.success(request, _("Done. See below how it stands."))
        write(staff_of(request), log.CHANGE, item, [str(effect.verb)])
        return HttpResponseRedirect(self.url_of(item))


def sentence_of(error: PaymentError) -> str:
    """Return an error in our words."""
    if isinstance(error, Refused):
        return _("Stripe said no, and nothing was changed.")
    return str(error.sentence)
