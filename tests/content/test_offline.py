"""Reading without a connection, in Chromium: what is kept, for whom, and when it goes."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from access.models import Access
from access.services.granting import revoke
from access.services.granting.lasting import set_end
from accounts.models import Customer
from content.models import Note, Progress
from stores.models import Store
from tests.conftest import NOW
from tests.content.reading import DESK, along, place_of, turn
from tests.content.test_pdf_reader import choose

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

KEPT = "caches.keys().then(names => names.filter(name => name.startsWith('kept:')))"
SET_BACK = """async days => {
  const [name] = (await caches.keys()).filter(name => name.startsWith('kept:'))
  const cache = await caches.open(name)
  const about = await (await cache.match('/kept-about')).json()
  about.contactAt -= days * 24 * 60 * 60 * 1000
  await cache.put('/kept-about', new Response(JSON.stringify(about)))
}"""
READY = "html[data-reader=ready]"


def keep(reading, part, **options):
    """A device on which the book was opened once and is kept."""
    tab = reading.open(part, **options)
    tab.wait_for_selector("#kept[data-state=here]", state="attached", timeout=30_000)
    return tab


def kept(tab) -> list[str]:
    return tab.evaluate(KEPT)


def gone(tab) -> None:
    for _ in range(100):
        if not kept(tab):
            return
        tab.wait_for_timeout(100)
    raise AssertionError(kept(tab))


def reopen(tab) -> None:
    tab.reload()
    tab.wait_for_selector(READY, timeout=20_000)


@pytest.mark.parametrize("kind", ["hebrew_epub", "english_pdf"])
def test_a_book_opened_once_opens_without_a_connection(reading, request, kind):
    part = reading.book(request.getfixturevalue(kind))
    tab = keep(reading, part, size=DESK)
    turn(tab, "PageDown", 2)
    tab.wait_for_timeout(1_500)
    place = along(tab)
    tab.context.set_offline(True)
    reopen(tab)
    tab.wait_for_timeout(500)
    assert along(tab) == pytest.approx(place, abs=0.05)
    turn(tab, "PageDown", 2)
    assert along(tab) > place
    assert tab.evaluate("document.fonts.ready.then(fonts => fonts.status)") == "loaded"
    assert reading.troubles == []


def test_a_large_file_is_read_from_here_in_pieces(reading, tmp_path):
    from tests.content.sheets import heavy

    part = reading.book(heavy(tmp_path / "a.pdf", 6).read_bytes())
    tab = keep(reading, part, size=DESK)
    tab.context.set_offline(True)
    reopen(tab)
    turn(tab, "End")
    expect(tab.locator(".sheet[data-number='6'] canvas")).to_be_visible()


def test_the_place_and_notes_of_a_reader_without_connection_are_sent_when_it_is_back(
    reading, english_pdf
):
    part = reading.book(english_pdf)
    tab = keep(reading, part)
    tab.context.set_offline(True)
    reopen(tab)
    turn(tab, "PageDown")
    choose(tab, 2)
    tab.click("#selected [data-colour=green]")
    turn(tab, "PageDown", 2)
    tab.wait_for_timeout(1_500)
    reopen(tab)
    expect(tab.locator("#where")).to_have_text("Page 4 of 6")
    assert not Progress.objects.exists()
    tab.context.set_offline(False)
    reopen(tab)
    place_of(tab, part, lambda row: row.place["page"] == 4)
    for _ in range(50):
        if Note.objects.exists():
            break
        tab.wait_for_timeout(100)
    assert Note.objects.get().anchor["page"] == 2


def test_a_refund_takes_the_book_off_the_device_at_the_next_contact(reading, english_epub):
    part = reading.book(english_epub)
    tab = keep(reading, part)
    assert len(kept(tab)) == 1
    revoke(Access.objects.get(customer=reading.charlie), because="refund", now=NOW)
    tab.evaluate("dispatchEvent(new Event('online'))")
    expect(tab.locator("#said")).to_contain_text("no longer open")
    gone(tab)
    tab.context.set_offline(True)
    tab.reload()
    expect(tab.locator("h1")).to_have_text("No connection")


def test_a_refund_also_ends_it_when_the_page_is_opened(reading, english_epub):
    tab = keep(reading, reading.book(english_epub))
    revoke(Access.objects.get(customer=reading.charlie), because="refund", now=NOW)
    tab.reload()
    gone(tab)


@pytest.mark.parametrize(("language", "said"), [("en", "more than 7 days"), ("he", "7 ימים")])
def test_after_eight_days_without_contact_it_says_why_and_is_gone(
    reading, english_epub, in_store, language, said
):
    Store.objects.filter(pk=in_store.pk).update(language=language)
    tab = keep(reading, reading.book(english_epub))
    tab.evaluate(SET_BACK, 6)
    tab.context.set_offline(True)
    reopen(tab)
    tab.evaluate(SET_BACK, 2)
    tab.reload()
    expect(tab.locator("h1 + p")).to_contain_text(said)
    assert tab.evaluate("document.documentElement.lang") == language
    assert kept(tab) == []


def test_access_that_ends_while_away_ends_here_too(reading, english_epub):
    part = reading.book(english_epub)
    access = Access.objects.get(customer=reading.charlie)
    set_end(access, timezone.now() + timedelta(seconds=12), now=timezone.now())
    tab = keep(reading, part)
    tab.context.set_offline(True)
    tab.wait_for_timeout(12_000)
    tab.reload()
    expect(tab.locator("h1 + p")).to_contain_text("access to this book has ended")


def test_signing_out_takes_everything_off_the_device(reading, english_epub):
    part = reading.book(english_epub)
    tab = keep(reading, part)
    tab.context.clear_cookies()
    tab.goto(reading.origin + reverse("storefront:home"))
    gone(tab)
    tab.context.set_offline(True)
    with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
        tab.goto(reading.origin + reverse("content:read", args=[part.public_id]))


def test_somebody_else_who_signs_in_here_finds_nothing(
    reading, english_epub, browse, in_store, dana
):
    part = reading.book(english_epub)
    tab = keep(reading, part)
    Customer.objects.create(user=dana, name="Dana")
    client = browse(in_store, dana)
    (cookie,) = [c for c in tab.context.cookies() if "session" in c["name"]]
    tab.context.clear_cookies()
    value = client.cookies[cookie["name"]].value
    tab.context.add_cookies([{"name": cookie["name"], "value": value, "url": reading.origin}])
    tab.goto(reading.origin + reverse("storefront:shelf"))
    gone(tab)


def test_nothing_is_kept_of_a_sample_or_for_staff(reading, english_epub, browse, in_store, alice):
    part = reading.book(english_epub, preview=True)
    tab = reading.open(part)
    assert tab.locator("#kept").count() == 0
    bought = reading.book(english_epub)
    page = browse(in_store, alice).get(reverse("content:read", args=[bought.public_id]))
    assert page.status_code == 200
    assert b"data-worker" not in page.content
    assert tab.evaluate("navigator.serviceWorker.getRegistrations().then(all => all.length)") == 0
    assert kept(tab) == []


def test_a_reader_sees_what_is_kept_and_removes_it(reading, english_epub):
    tab = keep(reading, reading.book(english_epub))
    tab.click("#open-settings")
    expect(tab.locator("#kept-said")).to_contain_text("Kept on this device")
    tab.get_by_role("button", name="Remove from this device").click()
    expect(tab.locator("#kept-said")).to_contain_text("Not kept")
    gone(tab)
    reopen(tab)
    tab.wait_for_selector("#kept[data-state=not]", state="attached")
    assert kept(tab) == []
    tab.click("#open-settings")
    tab.get_by_role("button", name="Keep on this device").click()
    expect(tab.locator("#kept-said")).to_contain_text("Kept on this device")


def test_a_device_without_room_says_so(reading, english_epub):
    tab = reading.device()
    tab.add_init_script("navigator.storage.estimate = async () => ({ quota: 1000, usage: 999 })")
    part = reading.book(english_epub)
    tab.goto(reading.origin + reverse("content:read", args=[part.public_id]))
    tab.wait_for_selector("#kept[data-state=full]", state="attached", timeout=20_000)
    assert kept(tab) == []


def test_under_a_language_of_its_own_it_opens_without_a_connection_too(
    reading, english_pdf, in_store
):
    Store.objects.filter(pk=in_store.pk).update(language="he", languages=["he", "en"])
    part = reading.book(english_pdf)
    tab = reading.device()
    tab.goto(f"{reading.origin}/en/read/{part.public_id}/")
    tab.wait_for_selector("#kept[data-state=here]", state="attached", timeout=30_000)
    tab.context.set_offline(True)
    reopen(tab)
    expect(tab.locator("#where")).to_have_text("Page 1 of 6")
    tab.goto(f"{reading.origin}/en/read/{'x' * 14}/")
    expect(tab.locator("h1 + p")).to_contain_text("not kept on this device")
