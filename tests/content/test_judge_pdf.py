import zlib

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Encryption, Name

from tests.content.files import new_pdf, pdf
from tests.content.large import LargePdf


def runs():
    return Dictionary(S=Name.JavaScript, JS="steal()")


def test_a_plain_guide_is_taken_with_what_it_says_of_itself(tmp_path, judged):
    verdict = judged(pdf(tmp_path / "a.pdf", pages=3))
    assert (verdict.kind, verdict.title, verdict.author) == ("pdf", "A guide", "Alice")
    assert (verdict.pages, verdict.page_size, verdict.direction) == (3, (400.0, 600.0), "ltr")
    assert verdict.warnings == ()


def test_the_clean_copy_can_be_read_by_ranges(tmp_path, judged):
    clean = judged(pdf(tmp_path / "a.pdf")).clean
    with pikepdf.open(clean) as made:
        assert made.is_linearized
        assert len(made.pages) == 2


def test_a_hebrew_guide_turns_its_pages_from_the_right(tmp_path, judged):
    with new_pdf() as made:
        made.Root.ViewerPreferences = Dictionary(Direction=Name.R2L)
        made.save(tmp_path / "a.pdf")
    with new_pdf() as made:
        made.docinfo["/Title"] = "טבלת מידות"
        made.save(tmp_path / "b.pdf")
    assert judged(tmp_path / "a.pdf").direction == "rtl"
    assert judged(tmp_path / "b.pdf").direction == "rtl"


def test_a_turned_page_is_measured_as_it_is_seen(tmp_path, judged):
    with new_pdf() as made:
        made.pages[0].Rotate = 90
        made.save(tmp_path / "a.pdf")
    assert judged(tmp_path / "a.pdf").page_size == (600.0, 400.0)


def test_bookmarks_become_the_contents(tmp_path, judged):
    with new_pdf() as made:
        with made.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem("Second", 1))
        made.save(tmp_path / "a.pdf")
    assert [(e.title, e.target) for e in judged(tmp_path / "a.pdf").contents] == [("Second", "2")]


def _open_with(made, where):
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]))
    match where:
        case "opening":
            made.Root.OpenAction = runs()
        case "launching":
            made.Root.OpenAction = Dictionary(S=Name.Launch, F="steal.exe")
        case "names":
            tree = Dictionary(Names=Array(["a", made.make_indirect(runs())]))
            made.Root.Names = Dictionary(JavaScript=tree)
        case "page":
            made.pages[0].obj["/AA"] = Dictionary(O=runs())
        case "link":
            made.pages[0].Annots = Array([Dictionary({**link, "/A": runs()})])
        case "address":
            action = Dictionary(S=Name.URI, URI="javascript:steal()")
            made.pages[0].Annots = Array([made.make_indirect(Dictionary({**link, "/A": action}))])
        case "chain":
            action = Dictionary(S=Name.URI, URI="https://ok.example/", Next=runs())
            made.pages[0].Annots = Array([Dictionary({**link, "/A": action})])
        case "form":
            made.Root.AcroForm = Dictionary(Fields=Array(), XFA=made.make_stream(b"steal()"))


@pytest.mark.parametrize(
    "where", ["opening", "launching", "names", "page", "link", "address", "chain", "form"]
)
def test_nothing_in_a_pdf_can_act(tmp_path, judged, where):
    with new_pdf() as made:
        _open_with(made, where)
        made.save(tmp_path / "a.pdf")
    verdict = judged(tmp_path / "a.pdf")
    with pikepdf.open(verdict.clean) as clean:
        assert not any(b"steal" in each.unparse(resolved=True) for each in clean.objects)
        assert not any(
            b"steal" in each.read_bytes()
            for each in clean.objects
            if isinstance(each, pikepdf.Stream)
        )
    assert [w.code for w in verdict.warnings] == ["scripts_removed"]


def test_attached_files_are_taken_out_and_told(tmp_path, judged):
    with new_pdf() as made:
        made.attachments["virus.exe"] = b"MZ attached"
        made.save(tmp_path / "a.pdf")
    verdict = judged(tmp_path / "a.pdf")
    with pikepdf.open(verdict.clean) as clean:
        assert not dict(clean.attachments)
    assert [w.code for w in verdict.warnings] == ["attachments_removed"]


def test_an_honest_link_stays(tmp_path, judged):
    with new_pdf() as made:
        action = Dictionary(S=Name.URI, URI="https://ok.example/")
        link = Dictionary(Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=action)
        made.pages[0].Annots = Array([link])
        made.save(tmp_path / "a.pdf")
    with pikepdf.open(judged(tmp_path / "a.pdf").clean) as clean:
        assert clean.pages[0].Annots[0].A.URI == "https://ok.example/"


def test_a_pdf_locked_with_a_password_is_refused_with_what_to_do(tmp_path, refusal):
    locked = pdf(tmp_path / "a.pdf", encryption=Encryption(user="u", owner="o"))
    refused = refusal(locked)
    assert refused.code == "pdf_password"
    assert "without the password" in str(refused.sentence)


def test_limits_on_printing_are_taken_off_our_copy(tmp_path, judged):
    limited = pdf(tmp_path / "a.pdf", encryption=Encryption(user="", owner="o"))
    verdict = judged(limited)
    with pikepdf.open(verdict.clean) as clean:
        assert not clean.is_encrypted
    assert [w.code for w in verdict.warnings] == ["owner_lock_removed"]


def test_a_pdf_cut_short_is_refused(tmp_path, refusal):
    whole = pdf(tmp_path / "a.pdf").read_bytes()
    short = tmp_path / "b.pdf"
    short.write_bytes(whole[: len(whole) * 2 // 3])
    assert refusal(short).code == "pdf_cut_short"


def test_garbage_with_a_pdf_start_is_refused(tmp_path, refusal):
    bad = tmp_path / "a.pdf"
    bad.write_bytes(b"%PDF-1.7\n" + bytes(range(256)) * 40 + b"\nstartxref\n9\n%%EOF")
    assert refusal(bad).code == "pdf_broken"


def test_a_damaged_index_is_mended_and_told(tmp_path, judged):
    raw = pdf(tmp_path / "a.pdf", object_stream_mode=pikepdf.ObjectStreamMode.disable).read_bytes()
    at = raw.rindex(b"startxref") + 10
    (tmp_path / "b.pdf").write_bytes(raw[:at] + b"1" + raw[at:])
    verdict = judged(tmp_path / "b.pdf")
    assert verdict.pages == 2
    assert [w.code for w in verdict.warnings] == ["mended"]


def test_pages_that_go_round_in_a_circle_are_refused(tmp_path, refusal, tight):
    with new_pdf() as made:
        made.Root.Pages.Kids.append(made.Root.Pages)
        made.save(tmp_path / "a.pdf")
    assert refusal(tmp_path / "a.pdf", limits=tight).code in {"pdf_loops", "pdf_broken"}


def test_a_pdf_without_pages_is_refused(tmp_path, refusal):
    assert refusal(pdf(tmp_path / "a.pdf", pages=0)).code == "pdf_no_pages"


def test_bookmarks_that_go_round_in_a_circle_do_no_harm(tmp_path, judged, tight):
    with new_pdf() as made:
        item = made.make_indirect(Dictionary(Title="again"))
        item.Next = item
        made.Root.Outlines = made.make_indirect(Dictionary(First=item, Last=item, Count=1))
        made.save(tmp_path / "a.pdf")
    assert judged(tmp_path / "a.pdf", limits=tight).pages == 2


def test_an_index_that_unpacks_to_gigabytes_costs_little(tmp_path, refusal, tight):
    packer = zlib.compressobj(9)
    index = b"".join(packer.compress(bytes(10_000_000)) for _ in range(50)) + packer.flush()
    start = b"%PDF-1.7\n"
    head = (
        b"1 0 obj\n<< /Type /XRef /W [1 3 1] /Size 100000000 /Root 2 0 R "
        b"/Filter /FlateDecode /Length %d >>\nstream\n" % len(index)
    )
    end = b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % len(start)
    (tmp_path / "a.pdf").write_bytes(start + head + index + end)
    assert refusal(tmp_path / "a.pdf", limits=tight).code in {"pdf_broken", "too_heavy"}


def test_pages_hang_in_a_tree_of_few_kids_and_keep_what_they_had(judged, tmp_path):
    with new_pdf(70) as made:
        made.Root.Pages.Rotate = 90
        made.save(tmp_path / "a.pdf")
    with pikepdf.open(judged(tmp_path / "a.pdf").clean) as clean:
        assert len(clean.Root.Pages.Kids) <= 8
        assert len(clean.pages) == 70
        assert {page.rotation for page in clean.pages} == {90}
        assert b"page 69" in clean.pages[69].Contents.read_bytes()


def test_a_picture_that_does_not_fit_is_refused_and_never_left_out(tmp_path, refusal, tight):
    path = tmp_path / "a.pdf"
    path.write_bytes(LargePdf(250_000_000, picture=250_000_000)[:])
    assert refusal(path, limits=tight).code == "too_heavy"
