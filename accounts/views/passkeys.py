"""Passkeys: addresses that speak JSON, for only script can ask a browser for one."""

from __future__ import annotations

import json
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.errors import WrongStep
from accounts.models import User
from accounts.rules import BY_PASSWORD_IP, safe_path
from accounts.services import browsers, passkeys, second_steps
from accounts.views.here import (
    STEP,
    at,
    for_a_new_passkey,
    for_the_sure,
    origin_of,
    store_here,
    who,
)
from accounts.views.security import come_in_with, ip_of, stay_here, tell
from core.text import clean_line
from stores.middleware import host_of

ADDING, USING = "passkey_adding", "passkey_using"
LONGEST_LABEL = 60
LARGEST_ANSWER = 20_000


@never_cache
@for_a_new_passkey
@require_POST
def passkey_begin(request: HttpRequest) -> JsonResponse:
    """Say what a browser needs to make a passkey."""
    store = store_here(request)
    options, state = passkeys.begin_adding(
        who(request), host=host_of(request), name=store.name if store is not None else "Sevenfold"
    )
    request.session[ADDING] = state
    return JsonResponse({"options": options})


@never_cache
@for_a_new_passkey
@require_POST
def passkey_add(request: HttpRequest) -> JsonResponse:
    """Keep the passkey a browser made."""
    user = who(request)
    state = request.session.pop(ADDING, {})
    said = posted(request)
    label = clean_line(str(said.get("label", "")))[:LONGEST_LABEL] or _("a passkey")
    try:
        kept = passkeys.add_passkey(
            user,
            said.get("answer"),
            state,
            host=host_of(request),
            origin=origin_of(request),
            label=label,
        )
    except WrongStep:
        return JsonResponse({"sentence": _("No passkey was made. Try once more.")}, status=400)
    record_authentication(request, user, method=STEP, id=kept.pk, type=kept.type)
    stay_here(request, browsers.end_all(user))
    tell(request, "passkey_added")
    messages.success(request, _("The passkey is kept. Make recovery codes too, if you have none."))
    return JsonResponse({"url": at(request, "security")})


@never_cache
@for_the_sure
@require_POST
def passkey_remove(request: HttpRequest, public_id: str) -> HttpResponse:
    """Forget one of one's own passkeys for this host."""
    user = who(request)
    here = passkeys.passkeys_of(user, host_of(request))
    mine = [each for each in here if passkeys.public_name(each) == public_id]
    if not mine:
        raise Http404
    mine[0].delete()
    second_steps.drop_lonely_codes(user)
    tell(request, "passkey_removed")
    messages.success(request, _("The passkey is forgotten. Remove it on your device too."))
    return redirect(at(request, "security"))


@never_cache
@require_POST
def passkey_ask(request: HttpRequest) -> JsonResponse:
    """Say what a browser needs to show a passkey of this host."""
    options, state = passkeys.begin_using(host_of(request))
    request.session[USING] = state
    return JsonResponse({"options": options})


@never_cache
@require_POST
def passkey_use(request: HttpRequest) -> JsonResponse:
    """Come in with a passkey, or, signed in already, make sure by it."""
    state = request.session.pop(USING, {})
    said = posted(request)
    next_path = safe_path(str(said.get("next", "")))
    here = who(request) if request.user.is_authenticated else None
    if not BY_PASSWORD_IP.hit(ip_of(request)):
        sentence = _("Too many tries. Wait a quarter of an hour.")
        return JsonResponse({"sentence": sentence}, status=429)
    try:
        found = passkeys.use_passkey(
            said.get("answer"), state, host=host_of(request), origin=origin_of(request), user=here
        )
    except WrongStep:
        sentence = _("This passkey did not open. Come in with a code instead.")
        return JsonResponse({"sentence": sentence}, status=400)
    user: User = found.user
    if not user.is_active or user.confirmed_at is None:
        return JsonResponse({"sentence": _("This address is closed.")}, status=400)
    record_authentication(request, user, method=STEP, id=found.pk, type=found.type)
    if here is not None:
        return JsonResponse({"url": next_path or at(request, "security")})
    return JsonResponse({"url": come_in_with(request, user, "passkey", next_path)["Location"]})


def posted(request: HttpRequest) -> dict[str, Any]:
    """Return the JSON object that was sent; an empty one for anything else."""
    try:
        if int(request.headers.get("Content-Length") or 0) > LARGEST_ANSWER:
            return {}
        said = json.loads(request.body)
    except (ValueError, RecursionError, OSError):
        return {}
    return said if isinstance(said, dict) else {}
