"""The platform's own pages: what Sevenfold is, opening a store, and a creator's stores."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from csp.decorators import csp_update
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import AddressClosed, HandOverOver, SignInOver, TooOften, WrongCode
from accounts.forms import CodeForm, StartForm
from accounts.models import SignIn, User
from accounts.rules import LABEL_CHECKS, isolated
from accounts.services import signing_in as service
from accounts.services.handing_over import make_hand_over
from accounts.services.starting import Wish, free_label_for, label_trouble, open_wished_store
from accounts.views import signing_in
from accounts.views.here import passed_step
from accounts.views.signing_in import FORM_PAGE, code_page, ip_of, let_in, too_often
from core import clock
from core.text import clean_line
from stores.errors import HostTaken
from stores.models import Store
from stores.services.addresses import store_origin
from stores.services.opening import host_for

ViewT = TypeVar("ViewT", bound=Callable[..., HttpResponse])

SIGN_IN = "/sign-in/"
SHOWN_STORES = 30
SEATS = tuple("NTRYSM")
"""Who sits at the round table that is drawn there, by their initials."""


def stores_origin() -> str:
    """Return the origins of all stores under our suffix, as a content policy writes them.

    Browsers hold a form's redirects to the page's form-action too, and these end in a store.
    """
    platform = urlsplit(settings.PLATFORM_ORIGIN)
    port = f":{platform.port}" if platform.port else ""
    return f"{platform.scheme}://{host_for('*')}{port}"


def may_end_in_a_store(view: ViewT) -> ViewT:
    """Let the forms of a page end there."""

    @wraps(view)
    def letting(*args: Any, **kwargs: Any) -> Any:
        decorate: Any = csp_update({"form-action": [stores_origin()]})
        return decorate(view)(*args, **kwargs)

    return cast("ViewT", letting)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Say what this is; on a developer's machine, name the stores that are open here."""
    stores: list[Store] = []
    if settings.LOCAL:
        stores = list(Store.objects.with_primary_host().order_by("pk")[:SHOWN_STORES])
    context = {
        "stores": [(store, store_origin(store)) for store in stores],
        "local": settings.LOCAL,
        "seats": SEATS,
    }
    return render(request, "platform/home.html", context)


@never_cache
@may_end_in_a_store
@require_http_methods(FORM_PAGE)
def start(request: HttpRequest) -> HttpResponse:
    """Take the wish for a store; a stranger confirms their address first, by code."""
    is_known = request.user.is_authenticated
    if request.method != "POST":
        kept = kept_wish(request)
        form = StartForm(kept, is_known=is_known) if kept else StartForm(is_known=is_known)
        return start_page(request, form)
    form = StartForm(request.POST, is_known=is_known)
    if not form.is_valid():
        return start_page(request, form)
    try:
        if request.user.is_authenticated:
            return open_and_cross(request.user, form.wish())
        waiting = service.ask(
            form.cleaned_data["email"],
            store=None,
            ip=ip_of(request),
            language=get_language() or settings.LANGUAGE_CODE,
            now=clock.now(),
            purpose=SignIn.Purpose.NEW_STORE,
            details=vars(form.wish()),
        )
    except HostTaken:
        form.add_error("label", label_trouble(form.cleaned_data["label"]))
        return start_page(request, form)
    except TooOften:
        form.add_error(None, too_often())
        return start_page(request, form, status=429)
    return redirect(service.code_path(waiting))


def start_page(request: HttpRequest, form: StartForm, *, status: int = 200) -> HttpResponse:
    """Show the one page that opens a store."""
    return render(request, "platform/start.html", {"form": form}, status=status)


def kept_wish(request: HttpRequest) -> dict[str, Any] | None:
    """Return what this person wrote, when its address was taken while the code was mailed."""
    if not request.user.is_authenticated:
        return None
    kept = SignIn.objects.filter(
        public_id=clean_line(request.GET.get("again", ""))[:20],
        email=request.user.email,
        purpose=SignIn.Purpose.NEW_STORE,
    ).first()
    return None if kept is None else cast("dict[str, Any]", kept.details)


@never_cache
@require_safe
def start_address(request: HttpRequest) -> JsonResponse:
    """Suggest an address for a name, or say whether one can be had, while it is being typed."""
    if not LABEL_CHECKS.hit(ip_of(request)):
        return JsonResponse({"label": "", "trouble": ""}, status=429)
    label = request.GET.get("label", "").strip().lower()[:80]
    if not label:
        label = free_label_for(request.GET.get("name", "")[:80])
    trouble = label_trouble(label) if label else ""
    host = isolated(host_for(label)) if label and not trouble else ""
    return JsonResponse({"label": label, "trouble": trouble, "host": host})


@never_cache
@may_end_in_a_store
@require_http_methods(FORM_PAGE)
def code(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take the code of a sign-in here, or of a new store, which then opens."""
    waiting = signing_in.sign_in_here(request, public_id)
    if waiting.purpose != SignIn.Purpose.NEW_STORE:
        return signing_in.code(request, public_id)
    if request.user.is_authenticated and waiting.used_at and request.user.email == waiting.email:
        return redirect("accounts_platform:stores")  # a second click on the same button
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            user = service.use_code(waiting, form.cleaned_data["code"], now=clock.now())
        except WrongCode as wrong:
            form.add_error("code", signing_in.tries_left(wrong.tries_left))
        except AddressClosed:
            return code_page(request, waiting, form, closed=True)
        except SignInOver:
            return code_page(request, waiting, form)
        else:
            return open_after_code(request, user, waiting)
    return code_page(request, waiting, form)


def open_after_code(request: HttpRequest, user: User, waiting: SignIn) -> HttpResponse:
    """Open the store that waited for the code; when its address is gone, ask for another only."""
    try:
        crossing = open_and_cross(user, Wish(**waiting.details))
    except (HostTaken, TooOften):
        page = reverse("accounts_platform:start") + f"?again={waiting.public_id}"
        return let_in(request, user, page)
    return let_in(request, user, crossing.url)


def open_and_cross(user: User, wish: Wish) -> HttpResponseRedirect:
    """Open a store and return the redirect that carries its owner to its admin."""
    store = open_wished_store(user, wish, now=clock.now())
    return redirect(make_hand_over(user, store, now=clock.now()))


again = may_end_in_a_store(signing_in.again)


@never_cache
@login_required(login_url=SIGN_IN)
@require_safe
def stores(request: HttpRequest) -> HttpResponse:
    """List the stores this person runs, each with its door."""
    user = cast("User", request.user)
    mine = list(Store.objects.run_by(user.pk).with_primary_host().order_by("name"))
    rows = [(store, store_origin(store)) for store in mine]
    return render(request, "platform/stores.html", {"rows": rows})


@never_cache
@login_required(login_url=SIGN_IN)
@require_safe
def enter(request: HttpRequest, public_id: str) -> HttpResponse:
    """Carry a creator into the admin of one of their stores."""
    user = cast("User", request.user)
    store = get_object_or_404(Store.objects.run_by(user.pk), public_id=public_id)
    try:
        passed = passed_step(request, user)
        crossing = make_hand_over(user, store, now=clock.now(), has_second_step=passed)
        return redirect(crossing)
    except HandOverOver as gone:
        raise Http404 from gone
