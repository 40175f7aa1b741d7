"""Joining the team of a store one was invited to."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.errors import InvitationOver
from accounts.services import inviting
from accounts.views.here import who
from core import clock
from stores.admin.team import ROLE_NAMES, ROLE_SENTENCES
from stores.roles import Role

if TYPE_CHECKING:
    from stores.contract import StoreRequest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: StoreRequest, public_id: str, key: str) -> HttpResponse:
    """Show store and role before anything else; the yes is a POST of who is signed in."""
    try:
        invitation = inviting.standing(public_id, key, now=clock.now())
        if request.method == "POST" and request.user.is_authenticated:
            inviting.accept(invitation, who(request), now=clock.now())
            messages.success(request, _("Welcome to the team."))
            return redirect(reverse("admin:index"))
    except InvitationOver:
        if request.staff:
            return redirect(reverse("admin:index"))
        return render(request, "accounts/join-over.html", status=410)
    email = who(request).email if request.user.is_authenticated else ""
    back = urlencode({"next": request.get_full_path()})
    context = {
        "invitation": invitation,
        "role": capfirst(ROLE_NAMES[Role(invitation.role)]),
        "sentence": ROLE_SENTENCES[Role(invitation.role)],
        "email": email,
        "is_another": bool(email) and email != invitation.email,
        "sign_in_url": f"{reverse('accounts:sign-in')}?{back}",
    }
    return render(request, "accounts/join.html", context)
