"""Every field of every form outside the admin, one at a time in a form that is otherwise right."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import quote_plus

import pytest

from accounts.models import Customer
from products.models import Product
from stores.models import Store
from stores.scope import store_scope
from tests.hostile.conftest import EVERYWHERE, World
from tests.hostile.payloads import MARKUP, PAYLOADS, RAW_MARKUP, SHARP, quoted

PAGES = {
    "accounts:sign-in": {"email": "a@example.com"},
    "accounts:code": {"code": "123456"},
    "accounts:account": {"name": "Charlie"},
    "payments:checkout": {"email": "a@example.com", "name": "A", "terms": "on"},
    "accounts_platform:sign-in": {"email": "a@example.com"},
    "accounts_platform:code": {"code": "123456"},
    "accounts_platform:start": {
        "name": "Shop",
        "label": "shop-of-a",
        "owner_name": "A",
        "email": "a@example.com",
        "colour": "own",
        "own_colour": "#112233",
    },
}


class Fields(HTMLParser):
    """The names a page's forms ask for, with what stands in them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "option" and self.select and "selected" in said:
            self.found[self.select] = said.get("value") or ""
        if tag in {"input", "select", "textarea"} and said.get("name"):
            self.select = str(said["name"]) if tag == "select" else ""
            self.found.setdefault(str(said["name"]), said.get("value") or "")


THIRDS = [0, *(pytest.param(third, marks=pytest.mark.slow) for third in (1, 2))]
"""Each field is given a third of the texts at a time, and its neighbour the next third."""


@pytest.mark.parametrize("third", THIRDS)
@pytest.mark.parametrize("name", PAGES)
def test_any_text_in_any_field_is_a_sentence_or_kept_as_text(
    name: str, third: int, world: World, send
) -> None:
    place = next(each for each in EVERYWHERE if each.name == name)
    client, path = world.client(place), world.path(place)
    page = Fields()
    page.feed(client.get(path).content.decode())
    assert set(PAGES[name]) <= set(page.found), "the form has other names now"
    right = {key: quote_plus(value) for key, value in (page.found | PAGES[name]).items()}
    texts = PAYLOADS if len(page.found) < 6 else SHARP
    for number, field in enumerate(page.found, start=third):
        for payload in texts[number % 3 :: 3]:
            sent = right | {field: quoted(payload)}
            body = "&".join(f"{key}={value}" for key, value in sent.items())
            send(world.client(place), "POST", path, body.encode())


def test_what_was_kept_is_shown_as_it_was_typed(world: World) -> None:
    with store_scope(world.store):
        Store.objects.filter(pk=world.store.pk).update(name=MARKUP)
        Customer.objects.filter(pk=world.scene.customer.pk).update(name=MARKUP)
        Product.objects.update(title=MARKUP, tagline=MARKUP, description=MARKUP, maker=MARKUP)
        world.scene.product.parts.update(title=MARKUP)
        world.scene.product.parts.get().assets.update(original_name=MARKUP.replace("/", ""))
        type(world.scene.line).objects.update(title=MARKUP)
    shown = 0
    for place in EVERYWHERE:
        answer = world.client(place).get(world.path(place))
        if "html" not in answer.headers.get("Content-Type", ""):
            continue
        assert not any(raw in answer.content for raw in RAW_MARKUP), place.name
        shown += b"&lt;script&gt;alert(1)" in answer.content
    assert shown > 20
