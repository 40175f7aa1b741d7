"""Lists as tables: just what the list shows, for who may see it, and written down."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from django.test import Client

from payments.models import Order
from stores.models import LogEntry
from stores.roles import Role
from stores.scope import store_scope
from tests.admin.conftest import Scene
from tests.admin.test_walk import as_role

TABLES = ("payments/order", "accounts/customer", "payments/document")


def rows_of(client: Client, path: str) -> list[dict[str, str]]:
    """Return a table as it is read."""
    text = client.get(path).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("name", TABLES)
def test_a_list_is_taken_away_as_a_table(scene: Scene, alice_at: Client, name: str) -> None:
    with store_scope(scene.store):
        scene.row_of(name.replace("/", "."))
    page = alice_at.get(f"/admin/{name}/").content.decode()
    assert f'href="/admin/{name}/table/"' in page
    answer = alice_at.get(f"/admin/{name}/table/")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert "Linen reader" in answer.content.decode() or "Charlie" in answer.content.decode()


def test_who_took_which_table_is_written_down(scene: Scene, alice_at: Client) -> None:
    alice_at.get("/admin/payments/order/table/")
    with store_scope(scene.store):
        entry = LogEntry.objects.select_related("staff__user").latest("pk")
    assert (entry.what, entry.changes) == ("export", ["orders.csv"])
    assert entry.staff.user.email == "alice@example.com"


def test_a_table_is_narrowed_as_its_list_is(scene: Scene, alice_at: Client) -> None:
    assert len(rows_of(alice_at, "/admin/payments/order/table/?state=paid")) == 1
    assert rows_of(alice_at, "/admin/payments/order/table/?state=pending") == []
    assert rows_of(alice_at, "/admin/payments/order/table/?q=nobody&p=7") == []
    assert rows_of(alice_at, "/admin/payments/order/table/?zzz__id=1") == []


def test_no_name_in_a_table_is_a_formula(scene: Scene, alice_at: Client) -> None:
    with store_scope(scene.store):
        Order.objects.update(name="=HYPERLINK(1)", email="+x@example.com")
    row = rows_of(alice_at, "/admin/payments/order/table/")[0]
    assert (row["Name"], row["Email"]) == ("'=HYPERLINK(1)", "'+x@example.com")
    assert (row["Total"], row["Number"]) == ("49.00", "1001")


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("name", TABLES)
def test_a_table_goes_to_who_may_see_the_list(
    scene: Scene, browse: Callable[..., Client], role: Role, name: str
) -> None:
    client = browse(scene.store, as_role(scene.store, role))
    listed = client.get(f"/admin/{name}/").status_code
    assert client.get(f"/admin/{name}/table/").status_code == listed
