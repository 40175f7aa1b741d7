import string

from sandbox.cards import CARDS
from sandbox.pages.words import ENGLISH, HEBREW


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_say_the_same_things():
    assert set(ENGLISH) == set(HEBREW)
    assert {key: fields(text) for key, text in ENGLISH.items()} == {
        key: fields(text) for key, text in HEBREW.items()
    }


def test_every_card_on_the_page_has_words():
    assert {card.tells for card in CARDS if card.tells} <= set(ENGLISH)


def test_every_refusal_has_words():
    refusals = [card.refusal for card in CARDS if card.refusal]
    assert all({one.code, one.decline_code} & set(ENGLISH) for one in refusals)
