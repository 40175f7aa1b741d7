"""Private podcasts: what is in them, for whom, and when they end."""

import datetime as dt
import re

import defusedxml.ElementTree as Tree
import pytest

from access.services.granting import revoke
from accounts.services.leaving import erase_customer, facts_of
from content.models import Asset, Feed
from content.services import feeds
from content.services.listening.album import Wanted, arrange, recordings_of
from content.services.listening.chapters import Chapter
from core import clock
from core.limits import Limit
from tests.conftest import NOW
from tests.content.heard import give, make_album
from tests.content.sounds import m4a, wav

pytestmark = pytest.mark.usefixtures("in_store")
ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
PODCAST = "{https://podcastindex.org/namespace/1.0}"


@pytest.fixture
def album(charlie):
    made = make_album(m4a(60, chapters=[(0, "פתיחה"), (30, "Two & <more>")]), wav(20))
    made.access = give(charlie, made)
    return made


@pytest.fixture
def feed(charlie, album):
    return feeds.make_feed(charlie, album, NOW)


@pytest.fixture
def app(browse, store):
    """A podcast app: it knows the address and nothing else."""
    return browse(store, HTTP_USER_AGENT="Pods/1.0")


def at(feed: Feed) -> str:
    return f"/podcasts/{feeds.token_of(feed)}/"


def path_of(url: str) -> str:
    return re.sub(r"^https?://[^/]+", "", url)


def test_an_app_finds_the_recordings_in_order_with_length_and_chapters(app, feed):
    answer = app.get(at(feed))
    assert answer.headers["Content-Type"].startswith("application/rss+xml")
    channel = Tree.fromstring(answer.content).find("channel")
    assert channel.findtext("title") == "The First Stitch"
    assert channel.findtext(f"{ITUNES}block") == "Yes"
    items = channel.findall("item")
    assert [item.findtext("title") for item in items] == ["One", "Two"]
    assert [item.findtext(f"{ITUNES}duration") for item in items] == ["60", "20"]
    chapters = app.get(path_of(items[0].find(f"{PODCAST}chapters").get("url"))).json()
    assert chapters["chapters"][1] == {"startTime": 30.0, "title": "Two & <more>"}


def test_an_app_fetches_a_recording_by_ranges_without_cookies(app, feed):
    item = Tree.fromstring(app.get(at(feed)).content).find("channel/item/enclosure")
    url = path_of(item.get("url"))
    whole = app.get(url)
    body = b"".join(whole.streaming_content)
    assert len(body) == int(item.get("length"))
    piece = app.get(url, HTTP_RANGE="bytes=4-7")
    assert piece.status_code == 206
    assert b"".join(piece.streaming_content) == b"ftyp"
    head = app.head(url)
    assert head.headers["Content-Length"] == item.get("length")
    assert not app.cookies
    assert "Set-Cookie" not in whole.headers
    assert "noindex" in whole.headers["X-Robots-Tag"]


def test_what_did_not_change_is_not_sent_again(app, feed):
    first = app.get(at(feed))
    again = app.get(at(feed), HTTP_IF_NONE_MATCH=first.headers["ETag"])
    assert again.status_code == 304


def test_a_refund_closes_the_feed_at_once(app, feed, album):
    item = Tree.fromstring(app.get(at(feed)).content).find("channel/item/enclosure")
    revoke(album.access, now=clock.now(), because="refund")
    assert b"<item>" not in app.get(at(feed)).content
    assert app.get(path_of(item.get("url"))).status_code == 404


def test_a_new_secret_ends_the_old_one(app, feed, browse, store, charlie):
    client = browse(store, charlie.user)
    client.post(f"/account/podcasts/{feed.public_id}/renew/")
    assert app.get(at(feed)).status_code == 404
    assert app.get(at(feeds.live_feeds(charlie).get())).status_code == 200


def test_an_ended_podcast_opens_nothing(app, feed, browse, store, charlie):
    browse(store, charlie.user).post(f"/account/podcasts/{feed.public_id}/end/")
    assert app.get(at(feed)).status_code == 404


@pytest.mark.parametrize(
    "spoil", [lambda t: t[:-1] + "x", lambda t: t.partition("-")[0], str.upper]
)
def test_a_secret_that_is_not_right_opens_nothing(app, feed, spoil):
    assert app.get(f"/podcasts/{spoil(feeds.token_of(feed))}/").status_code == 404


def test_nothing_in_the_table_gives_the_address_away(feed):
    stored = str(Feed.objects.values().get(pk=feed.pk))
    assert feeds.token_of(feed).partition("-")[2] not in stored


def test_a_feed_opens_nothing_of_another_product(app, feed, charlie):
    other = make_album(title="Another", slug="another")
    give(charlie, other)
    asset = recordings_of(other)[0]
    assert app.get(f"{at(feed)}{asset.public_id}/x.wav").status_code == 404
    everything = feeds.make_feed(charlie, None, NOW)
    assert app.get(f"{at(everything)}{asset.public_id}/x.wav").status_code == 200
    titles = Tree.fromstring(app.get(at(everything)).content).findall("channel/item/title")
    assert "Another: One" in [each.text for each in titles]


def test_a_feed_gives_no_book(app, feed, album, charlie):
    from tests.content.library import make_asset, make_part

    asset = make_asset(make_part(album))
    assert app.get(f"{at(feed)}{asset.public_id}/x.epub").status_code == 404


def test_on_another_stores_host_it_is_not_found(feed, browse, other_store):
    assert browse(other_store).get(at(feed)).status_code == 404


def test_devices_are_counted_without_knowing_them(app, feed, browse, store):
    app.get(at(feed))
    app.get(at(feed))
    browse(store, HTTP_USER_AGENT="Other/2").get(at(feed))
    feed.refresh_from_db()
    assert feeds.devices_of(feed, clock.now().date()) == 2
    assert "Other" not in str(feed.devices)
    later = clock.now().date() + dt.timedelta(days=31)
    assert feeds.devices_of(feed, later) == 0


def test_a_leaked_feed_is_slowed_down(app, feed, monkeypatch):
    monkeypatch.setattr(feeds, "ASKED", Limit("test-feed", 1, 3600))
    assert app.get(at(feed)).status_code == 200
    slow = app.get(at(feed))
    assert slow.status_code == 429
    assert slow.headers["Retry-After"] == "3600"


def test_the_page_shows_the_address_and_a_picture_of_it(browse, store, charlie, album):
    client = browse(store, charlie.user)
    assert b"Make its address" in client.get("/account/podcasts/").content
    client.post("/account/podcasts/make/", {"product": album.public_id})
    page = client.get("/account/podcasts/").content.decode()
    assert feeds.token_of(Feed.objects.get()) in page
    assert "data:image/svg+xml" in page


def test_nobody_makes_a_podcast_of_what_they_do_not_have(browse, store, charlie):
    product = make_album()
    client = browse(store, charlie.user)
    asked = {"product": product.public_id}
    assert client.post("/account/podcasts/make/", asked).status_code == 404
    assert not Feed.objects.exists()


def test_another_customers_podcast_is_not_found(browse, store, feed):
    from accounts.models import Customer
    from tests.conftest import make_user

    other = Customer.objects.create(user=make_user("eve@example.com"), name="Eve")
    client = browse(store, other.user)
    assert client.post(f"/account/podcasts/{feed.public_id}/renew/").status_code == 404
    assert app_ok(feed)


def app_ok(feed: Feed) -> bool:
    return Feed.objects.get(pk=feed.pk).ended_at is None


def test_a_recording_taken_out_is_gone_from_the_feed(app, feed, album):
    rows = recordings_of(album)
    wanted = [Wanted(row, row.part.title, at, (), is_out=at == 0) for at, row in enumerate(rows)]
    arrange(album, wanted)
    titles = Tree.fromstring(app.get(at(feed)).content).findall("channel/item/title")
    assert [each.text for each in titles] == ["Two"]


def test_whoever_leaves_takes_the_facts_along_and_their_addresses_end(app, feed, charlie):
    facts = facts_of(charlie)["content.devices"]
    assert facts["podcasts"][0]["of"] == "The First Stitch"
    assert feeds.token_of(feed) not in str(facts)
    erase_customer(charlie, now=NOW)
    assert app.get(at(feed)).status_code == 404
    assert not Feed.objects.exists()


def test_many_recordings_cost_no_more_queries_than_one(feed, charlie, django_assert_num_queries):
    from tests.content.heard import record

    def count() -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as caught:
            feeds.tracks_for(feeds.feed_at(feeds.token_of(feed)), clock.now())
        return len(caught)

    few = count()
    for _ in range(6):
        record(feed.product, wav(1), "More")
    assert count() == few


def test_chapters_with_times_stand_in_the_words_of_an_episode(app, feed, album):
    rows = recordings_of(album)
    typed = [Chapter("Begin", 0.0), Chapter("Later", 10.0)]
    arrange(album, [Wanted(rows[1], "Two", 0, typed), Wanted(rows[0], "One", 1, ())])
    items = Tree.fromstring(app.get(at(feed)).content).findall("channel/item")
    assert items[0].findtext("description") == "0:00 Begin\n0:10 Later"
    assert Asset.objects.count() == 2
