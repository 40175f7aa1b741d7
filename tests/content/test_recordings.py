"""Alice reads her book aloud: many recordings, in order, with chapters."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from content.errors import BadChapters
from content.models import Asset
from content.services.listening import parse_chapters, tracks_of
from content.services.listening.album import recordings_of
from content.services.uploads.checking import check_next
from core import clock
from products.models import Part
from tests.conftest import make_product
from tests.content.heard import album_of, make_album
from tests.content.parts import Sender
from tests.content.sounds import chapter, id3, m4a, mp3, text, wav

pytestmark = pytest.mark.usefixtures("in_store")


@pytest.fixture
def alice_at(browse, store, alice):
    return browse(store, alice)


def page(product) -> str:
    return f"/admin/ebooks/ebook/{product.pk}/audio/"


def typed(product, **over):
    """What the form of the page sends when nothing is changed."""
    said = {}
    for number, asset in enumerate(recordings_of(product), 1):
        key = asset.part.public_id
        said |= {f"{key}-title": asset.part.title, f"{key}-place": number, f"{key}-chapters": ""}
    return said | over


def titles(product) -> list[str]:
    return [track.title for track in tracks_of(album_of(product))]


def test_several_files_at_once_are_ordered_as_a_person_would(alice_at):
    product = make_product()
    files = [SimpleUploadedFile(name, wav(3)) for name in ("part 10.wav", "part 2.wav")]
    answer = alice_at.post(page(product), {"sound_files": files}, follow=True)
    assert answer.status_code == 200
    assert titles(product) == ["part 2", "part 10"]
    assert album_of(product).length_seconds == 6


def test_files_that_came_in_parts_are_kept_with_their_own_titles(alice_at):
    product = make_product()
    tag = id3(text(b"TIT2", "The first chapter"), chapter(1, 0, "Begin"))
    sent = Sender(alice_at, mp3(5, tag=tag), purpose="audio", name="1.mp3")
    sent.whole()
    check_next(clock.now())
    assert sent.status()["state"] == "ready"
    alice_at.post(page(product), {"sound_files-upload": [sent.id]})
    track = tracks_of(album_of(product))[0]
    assert (track.title, track.chapters[0].title) == ("The first chapter", "Begin")
    assert track.part.length_seconds == 5


def test_one_refused_file_keeps_no_other_from_being_kept(alice_at):
    product = make_product()
    files = [SimpleUploadedFile("a.wav", wav(1)), SimpleUploadedFile("b.wav", b"%PDF-1.7")]
    answer = alice_at.post(page(product), {"sound_files": files}, follow=True)
    assert titles(product) == ["a"]
    assert "This is not a recording" in answer.content.decode()


def test_order_names_and_chapters_are_kept(alice_at):
    product = make_album()
    first, second = (each.part.public_id for each in recordings_of(product))
    said = typed(
        product,
        **{
            f"{first}-place": 2,
            f"{second}-place": 1,
            f"{second}-title": "פתיחה",
            f"{second}-chapters": "0:00 Hello\n\n0:12 – הבצק",
        },
    )
    assert alice_at.post(page(product), said).status_code == 302
    tracks = tracks_of(album_of(product))
    assert [track.title for track in tracks] == ["פתיחה", "One"]
    assert [(each.start, each.title) for each in tracks[0].chapters] == [(0, "Hello"), (12, "הבצק")]


def test_a_mistake_keeps_what_was_typed(alice_at):
    product = make_album()
    key = recordings_of(product)[0].part.public_id
    said = typed(product, **{f"{key}-chapters": "0:00 Fine\nno time"})
    answer = alice_at.post(page(product), said)
    assert answer.status_code == 200
    assert "Line 2 has no time" in answer.content.decode()
    assert "no time</textarea>" in answer.content.decode()


def test_what_is_taken_out_is_not_heard_and_not_lost(alice_at):
    product = make_album()
    key = recordings_of(product)[0].part.public_id
    alice_at.post(page(product), typed(product, **{f"{key}-is_out": "on"}))
    assert titles(product) == ["Two"]
    assert Asset.objects.count() == 2
    assert album_of(product).length_seconds == 20


def test_chapters_from_the_file_keep_their_exact_beginning(alice_at):
    product = make_album(m4a(30, chapters=[(0, "A"), (10, "B")]))
    asset = recordings_of(product)[0]
    asset.facts["contents"][1]["target"] = "10.250"
    asset.save()
    page_now = alice_at.get(page(product)).content.decode()
    assert "0:10 B" in page_now
    key = asset.part.public_id
    alice_at.post(page(product), typed(product, **{f"{key}-chapters": "0:00 A\r\n0:10 B"}))
    assert recordings_of(product)[0].facts["contents"][1]["target"] == "10.250"


def test_a_book_heard_alone_can_be_sold(alice_at):
    product = make_album()
    assert product.contract.blockers([product])[product] == []
    assert "audio" in {part.kind for part in Part.objects.filter(parent=None)}


def test_the_title_of_the_book_is_not_the_title_of_its_recordings(alice_at):
    from ebooks.models import Ebook
    from ebooks.services.files import name_parts

    product = make_album()
    name_parts(Ebook.objects.get(pk=product.pk))
    assert titles(product) == ["One", "Two"]


def test_support_may_look_and_not_change(browse, store, bob):
    product = make_album()
    client = browse(store, bob)
    assert client.get(page(product)).status_code in {200, 403}
    assert client.post(page(product), typed(product)).status_code == 403
    assert titles(product) == ["One", "Two"]


@pytest.mark.parametrize(
    ("said", "code"),
    [("hello", "line"), ("9:99 x", "late"), ("1:00:00 x", "late"), ("12 x", "line")],
)
def test_chapters_that_make_no_sense_are_told(said, code):
    with pytest.raises(BadChapters) as bad:
        parse_chapters(said, seconds=60)
    assert bad.value.code == code


def test_ten_thousand_typed_chapters_are_too_many():
    lines = "\n".join(f"{n // 60}:{n % 60:02} x" for n in range(10_000))
    with pytest.raises(BadChapters):
        parse_chapters(lines, seconds=1e9)
