"""From a request to an answer: authenticate, find, type, act, expand, check, remember."""

from __future__ import annotations

import time
import traceback
from dataclasses import dataclass, field

from sandbox.account import PLATFORM
from sandbox.api import access, table
from sandbox.api.expand import check, expand
from sandbox.api.idempotency import Keys, Remembered
from sandbox.errors import Broken, InvalidRequest, StripeError, elsewhere
from sandbox.faults import When
from sandbox.ids import new_id
from sandbox.params import parse, typed
from sandbox.routing import Route
from sandbox.wire import Json, Request, Response, json_response
from sandbox.world import Call, Cause, InvalidAnswer, World


@dataclass
class Asked:
    """What is known so far of a request that is being answered."""

    request: Request
    id: str = field(default_factory=lambda: new_id("req"))
    account: str = PLATFORM
    is_replay: bool = False

    @property
    def key(self) -> str:
        """The idempotency key; only POSTs have one."""
        is_post = self.request.method == "POST"
        return self.request.headers.get("idempotency-key", "") if is_post else ""


class Cut(Exception):
    """The connection is to end without an answer."""


def answer(world: World, request: Request) -> Response:
    """Answer one API request; whatever happens is Stripe's JSON, unless the line is cut."""
    asked = Asked(request)
    try:
        said = _answer(world, asked)
    except Cut:
        _note(world, asked, 0)
        return Response(is_cut=True)
    except StripeError as error:
        said = Remembered(error.status, error.body())
    except InvalidAnswer as error:
        said = _broken(f"The sandbox broke its own schema: {error}")
    except Exception as error:  # a bug here is an answer there, and on record
        world.violation("crash", request.path, traceback.format_exception(error))
        said = _broken(f"The sandbox itself is broken: {error!r}")
    _note(world, asked, said.status)
    response = json_response(said.body, said.status)
    response.headers |= _headers(world, asked)
    return response


def _answer(world: World, asked: Asked) -> Remembered:
    request = asked.request
    asked.account = access.account_of(request)
    access.require_version(request, world.checker.api_version)
    match = table.find(request.method, request.path)
    params = _params(world, match.route, request)
    keys = Keys(world.storage, asked.account)
    if asked.key and (before := keys.claim(asked.key, request)):
        asked.is_replay = True
        return before
    try:
        _spoil(world, request, "before")
        said = _remembered(world, asked, match, params)
    except BaseException:
        if asked.key:
            keys.let_go(asked.key)
        raise
    _spoil(world, request, "after")
    return said


def _params(world: World, route: Route, request: Request) -> Json:
    """Return the typed params; raises for what Stripe or the sandbox does not know."""
    is_form = request.method == "POST" or (request.method == "DELETE" and request.body)
    text = request.body.decode("utf-8", "replace") if is_form else request.query
    schema = world.checker.request_schema(route.verb, route.path)
    about = f"{route.verb} {route.path}"
    try:
        params = typed(world.checker, parse(text), schema)
    except InvalidRequest as error:
        world.violation("request", about, [error.message])
        raise
    if problems := world.checker.request_problems(route.verb, route.path, params):
        world.violation("request", about, problems)
        raise InvalidRequest(problems[0])
    for name in params:
        if name not in route.honoured:
            raise elsewhere(f"The parameter `{name}` of {about}", name)
    check(world.checker, world.checker.answer_schema(*route[:2]), params.get("expand", []))
    return params


def _remembered(world: World, asked: Asked, match: table.Match, params: Json) -> Remembered:
    """Act; an error of the operation itself is remembered for the key, as a success is."""
    try:
        return _act(world, asked, match, params)
    except StripeError as error:
        said = Remembered(error.status, error.body())
        if asked.key:
            Keys(world.storage, asked.account).answered(asked.key, *said)
        return said


def _act(world: World, asked: Asked, match: table.Match, params: Json) -> Remembered:
    """Do it and remember the answer in one transaction."""
    route = match.route
    world.run_due_jobs()
    cause = Cause(asked.id, asked.key or None)
    with world.turn(asked.account, cause) as account:
        try:
            body = route.call(account, params, match.ids)
            expand(account, body, params.get("expand", []))
            problems = world.checker.answer_problems(route.verb, route.path, body)
            world.require_valid("response", f"{route.verb} {route.path}", problems)
            said = Remembered(200, body)
        except StripeError as error:
            if not error.keeps_changes:
                raise
            said = Remembered(error.status, error.body())
        if asked.key:
            Keys(world.storage, asked.account).answered(asked.key, *said)
    return said


def _spoil(world: World, request: Request, when: When) -> None:
    """Let a fault happen, if one is waiting for this request."""
    fault = world.faults.take(request.method, request.path, when)
    if fault is None:
        return
    time.sleep(fault.seconds)
    if fault.kind == "drop":
        raise Cut
    if error := fault.error():
        raise error


def _note(world: World, asked: Asked, status: int) -> None:
    request = asked.request
    world.calls.append(
        Call(request.method, request.path, asked.account, asked.key, status, asked.is_replay)
    )


def _headers(world: World, asked: Asked) -> dict[str, str]:
    headers = {"Request-Id": asked.id, "Stripe-Version": world.checker.api_version}
    if asked.key:
        headers["Idempotency-Key"] = asked.key
    if asked.is_replay:
        headers["Idempotent-Replayed"] = "true"
    if asked.account != PLATFORM:
        headers["Stripe-Account"] = asked.account
    return headers


def _broken(message: str) -> Remembered:
    return Remembered(500, Broken(message).body())
