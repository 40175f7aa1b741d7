"""The first run: a step on a page of its own, put aside, taken up, and the list put away."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from stores import slots
from stores.admin.checklist import StepLine, checklist, steps_for
from stores.admin.site import (
    Group,
    MenuItem,
    site,
    staff_of,
    store_of,
)
from stores.roles import Area
from stores.services import first_run as service
from stores.slots import FirstStep

LAST_IN_SETTINGS = 20


def first_steps(request: HttpRequest) -> HttpResponse:
    """Show the whole checklist, put away or not."""
    staff = staff_of(request)
    steps = steps_for(store_of(request), staff)
    run = service.first_run()
    context = {
        **site.each_context(request),
        "title": _("First steps"),
        "checklist": checklist(steps, run.skipped),
        "is_folded": bool(run.folded_at),
        "may_fold": staff.may_change(Area.SETTINGS),
    }
    return TemplateResponse(request, "admin/first_steps.html", context)


def step(request: HttpRequest, key: str) -> HttpResponse:
    """Show one step with its form; on POST do what it says and go on, mostly back to Today."""
    found = step_of(request, key)
    if found.form is None or found.save is None:
        return HttpResponseRedirect(found.url)
    if request.method != "POST":
        return step_page(request, found, found.form(None, None))
    form = found.form(request.POST, request.FILES)
    if form.is_valid():
        next_url = found.save(request, form)
        if not form.errors:
            return HttpResponseRedirect(next_url or today_here())
    return step_page(request, found, form, status=422)


def step_page(
    request: HttpRequest, found: FirstStep, form: Any, *, status: int = 200
) -> HttpResponse:
    """Show one step alone."""
    context = {
        **site.each_context(request),
        "title": found.sentence,
        "line": StepLine(found.order, found, is_skipped=False, is_next=True, form=form),
    }
    return TemplateResponse(request, "admin/step.html", context, status=status)


def skip_step(request: HttpRequest, key: str) -> HttpResponse:
    """Put a step aside on POST."""
    found = step_of(request, key)
    if request.method == "POST":
        service.skip(found.key)
    return HttpResponseRedirect(today_here())


def take_up_step(request: HttpRequest, key: str) -> HttpResponse:
    """Take a step up again on POST."""
    found = step_of(request, key)
    if request.method == "POST":
        service.take_up(found.key)
    return HttpResponseRedirect(today_here())


def fold(request: HttpRequest) -> HttpResponse:
    """Put the list away from Today on POST."""
    if not staff_of(request).may_change(Area.SETTINGS):
        raise PermissionDenied
    if request.method == "POST":
        service.fold(clock.now())
    return HttpResponseRedirect(reverse("admin:index"))


def step_of(request: HttpRequest, key: str) -> FirstStep:
    """Return the step called ``key``; 404 where there is none, 403 where it is not theirs."""
    store, staff = store_of(request), staff_of(request)
    steps = (each for entry in slots.first_steps.all() for each in entry(store))
    found = next((each for each in steps if each.key == key), None)
    if found is None:
        raise Http404
    if not staff.may_change(Area(found.area)):
        raise PermissionDenied
    return found


def today_here() -> str:
    """Return Today, at its checklist."""
    return f"{reverse('admin:index')}#first-steps"


site.add_page(
    "first/",
    first_steps,
    name="first",
    menu=MenuItem(Group.SETTINGS, gettext_lazy("First steps"), LAST_IN_SETTINGS),
)
site.add_page("first/fold/", fold, name="first-fold")
site.add_page("first/<slug:key>/", step, name="first-step")
site.add_page("first/<slug:key>/skip/", skip_step, name="first-skip")
site.add_page("first/<slug:key>/take-up/", take_up_step, name="first-take-up")
