"""Products: what prices are for."""

from __future__ import annotations

from sandbox.account import Account
from sandbox.errors import InvalidRequest
from sandbox.ids import new_id
from sandbox.objects import fields
from sandbox.objects.lists import Query, cut
from sandbox.routing import PAGING, Route
from sandbox.wire import Json

URL = "/v1/products"
PLAIN = "active name description images url shippable statement_descriptor unit_label"


def create(account: Account, params: Json) -> Json:
    """Make a product, under the id given, if one is."""
    identity = params.get("id") or new_id("prod")
    if account.storage.find(account.id, identity):
        raise InvalidRequest("Product already exists.", code="resource_already_exists", param="id")
    body = insert(account, params, identity, is_active=params.get("active", True))
    account.tell("product.created", body)
    return body


def insert(account: Account, params: Json, identity: str, *, is_active: bool) -> Json:
    """Store a product, silently: inline ones of checkout sessions are made so, inactive."""
    now = account.now
    body: Json = {
        "id": identity,
        "object": "product",
        "active": True,
        "created": now,
        "default_price": None,
        "description": None,
        "images": [],
        "livemode": False,
        "marketing_features": [],
        "metadata": {},
        "name": "",
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": None,
        "tax_details": None,
        "type": "service",
        "unit_label": None,
        "updated": now,
        "url": None,
    }
    fields.need(params, "name")
    fields.change(body, params, PLAIN)
    body["active"] = is_active
    return account.insert(body)


def retrieve(account: Account, _: Json, identity: str) -> Json:
    """Return the product."""
    return account.get("product", identity)


def update(account: Account, params: Json, identity: str) -> Json:
    """Change what was given."""
    body = account.get("product", identity)
    if default := params.get("default_price"):
        account.get("price", default, param="default_price")
    before = fields.change(body, params, f"{PLAIN} default_price")
    if before:
        before["updated"] = body["updated"]
        body["updated"] = account.now
        account.save(body)
        account.tell("product.updated", body, previous=before)
    return body


def delete(account: Account, _: Json, identity: str) -> Json:
    """Delete a product that was never priced."""
    body = account.get("product", identity)
    if account.all("price", product=identity):
        raise InvalidRequest(
            "This product cannot be deleted because it has one or more user-created prices."
        )
    account.storage.run("DELETE FROM objects WHERE account = ? AND id = ?", account.id, identity)
    account.tell("product.deleted", body)
    return {"id": identity, "object": "product", "deleted": True}


def every(account: Account, params: Json) -> Json:
    """List the products."""
    query = Query(account, "product")
    if "active" in params:
        query.equal("active", params["active"])
    if "ids" in params:
        query.add(f"id IN ({', '.join('?' for _ in params['ids'])})", *params["ids"])
    return cut(query, params, URL)


ROUTES = (
    Route("get", URL, every, f"{PAGING} created active ids"),
    Route("post", URL, create, f"{PLAIN} id metadata"),
    Route("get", f"{URL}/{{id}}", retrieve),
    Route("post", f"{URL}/{{id}}", update, f"{PLAIN} default_price metadata"),
    Route("delete", f"{URL}/{{id}}", delete),
)
