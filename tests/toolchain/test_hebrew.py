import re

from tests.toolchain import marked

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")


def test_every_marked_string_has_its_hebrew() -> None:
    hebrew = marked.translated("he")
    missing = sorted({f"{file}: {said}" for said, file in marked.strings() if said not in hebrew})
    assert missing == []


def test_no_catalogue_says_what_nothing_says_any_more() -> None:
    said = {each for each, _file in marked.strings()}
    ours = {(each.context or "", marked.sources(each)[0]) for each in marked.ours("he")}
    assert sorted(ours - said) == []


def test_no_hebrew_says_both_genders_with_a_slash_or_a_dot() -> None:
    slashed = re.compile(r"[א-ת]+[/.](?:ה|ת|ים|ות|י|ית)\b")
    texts = [form for message in marked.ours("he") for form in marked.forms(message)]
    assert [text for text in texts if slashed.search(text)] == []


def test_hebrew_fills_in_nothing_that_english_does_not() -> None:
    for message in marked.ours("he"):
        given = set(PLACEHOLDER.findall("".join(marked.sources(message))))
        for form in marked.forms(message):
            assert set(PLACEHOLDER.findall(form)) <= given, form


def test_hebrew_leaves_out_nothing_but_a_counted_one() -> None:
    for message in marked.ours("he"):
        if len(marked.sources(message)) == 1:
            given = set(PLACEHOLDER.findall(marked.sources(message)[0]))
            assert given <= set(PLACEHOLDER.findall(marked.forms(message)[0])), message.id


def test_what_two_catalogues_say_they_say_alike() -> None:
    said: dict[tuple[str | None, str], list[str]] = {}
    for message in marked.ours("he"):
        key = (message.context, marked.sources(message)[0])
        assert said.setdefault(key, marked.forms(message)) == marked.forms(message), key
