"""Webhook endpoints: who wants to be told, and the secret that signs what they are told."""

from __future__ import annotations

from sandbox.account import PLATFORM, Account
from sandbox.errors import InvalidRequest
from sandbox.ids import new_id
from sandbox.objects import fields
from sandbox.objects.lists import page
from sandbox.routing import PAGING, Route
from sandbox.wire import Json

URL = "/v1/webhook_endpoints"
BY_FLAG = "we_by_command_line"


def create(account: Account, params: Json) -> Json:
    """Make an endpoint; its secret is shown in this answer and never again."""
    fields.web_address(params["url"], "url")
    if not params["enabled_events"]:
        raise InvalidRequest("You must enable at least one event.", param="enabled_events")
    is_connected = params.get("connect", False)
    if is_connected and account.id != PLATFORM:
        raise InvalidRequest("A connected account cannot listen to others.", param="connect")
    secret = new_id("whsec")
    body = _new(account, new_id("we"), params["url"], params["enabled_events"])
    body["description"] = fields.optional(params.get("description"))
    body["metadata"] = fields.metadata(params.get("metadata"))
    account.insert(body, secret=secret, listens="connected" if is_connected else "own")
    return {**body, "secret": secret}


def register(account: Account, url: str, secret: str) -> Json:
    """Make or change the endpoint given on the command line: it is told everything."""
    body = _new(account, BY_FLAG, url, ["*"])
    private = {"secret": secret, "listens": "all"}
    if account.storage.find(account.id, BY_FLAG):
        return account.save(body, **private)
    return account.insert(body, **private)


def retrieve(account: Account, _: Json, identity: str) -> Json:
    """Return the endpoint, without its secret."""
    return account.get("webhook_endpoint", identity)


def update(account: Account, params: Json, identity: str) -> Json:
    """Change where to, what, and whether."""
    body = account.get("webhook_endpoint", identity)
    if "url" in params:
        body["url"] = fields.web_address(params["url"], "url")
    if "enabled_events" in params:
        body["enabled_events"] = params["enabled_events"]
    if "disabled" in params:
        body["status"] = "disabled" if params["disabled"] else "enabled"
    fields.change(body, params, "description")
    return account.save(body)


def delete(account: Account, _: Json, identity: str) -> Json:
    """Forget the endpoint."""
    account.get("webhook_endpoint", identity)
    account.storage.run("DELETE FROM objects WHERE account = ? AND id = ?", account.id, identity)
    return {"id": identity, "object": "webhook_endpoint", "deleted": True}


def every(account: Account, params: Json) -> Json:
    """List the endpoints."""
    return page(account, "webhook_endpoint", params, URL)


def _new(account: Account, identity: str, url: str, events: list[str]) -> Json:
    return {
        "id": identity,
        "object": "webhook_endpoint",
        "api_version": None,
        "application": None,
        "created": account.now,
        "description": None,
        "enabled_events": events,
        "livemode": False,
        "metadata": {},
        "status": "enabled",
        "url": url,
    }


SET = "url enabled_events description metadata"
ROUTES = (
    Route("get", URL, every, PAGING),
    Route("post", URL, create, f"{SET} connect"),
    Route("get", f"{URL}/{{webhook_endpoint}}", retrieve),
    Route("post", f"{URL}/{{webhook_endpoint}}", update, f"{SET} disabled"),
    Route("delete", f"{URL}/{{webhook_endpoint}}", delete),
)
