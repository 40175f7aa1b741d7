"""The small Markdown of customers: what it makes, and what it never lets through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.markdown import small_markdown


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("One\ntwo", '<p dir="auto">One<br>two</p>'),
        ("One\n\ntwo", '<p dir="auto">One</p><p dir="auto">two</p>'),
        ("**so** *very* `x*y*`", "<strong>so</strong> <em>very</em> <code>x*y*</code>"),
        ("- a\n- b", '<ul dir="auto"><li>a</li><li>b</li></ul>'),
        ("1. a\n2. b", '<ol dir="auto"><li>a</li><li>b</li></ol>'),
        ("> said", '<blockquote dir="auto">said</blockquote>'),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("snake_case_name", "snake_case_name"),
    ],
)
def test_what_is_typed_is_shown_as_meant(typed: str, shown: str) -> None:
    assert shown in small_markdown(typed)


def test_links_lead_out_without_our_blessing() -> None:
    shown = small_markdown("[here](https://example.com/?a=1&b=2) and https://example.org/x.")
    assert '<a href="https://example.com/?a=1&amp;b=2" rel="nofollow ugc' in shown
    assert ">https://example.org/x</a>." in shown


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        '[x](https://a" onclick="alert(1))',
        "<img src=x onerror=alert(1)>",
        "`<b onmouseover=alert(1)>`",
        "https://a.b/<script>",
        "\0000\0 **\0**",
    ],
)
def test_nothing_typed_becomes_a_tag_or_an_attribute(hostile: str) -> None:
    shown = str(small_markdown(hostile)).lower()
    assert "<script" not in shown
    assert "<img" not in shown
    assert "<b " not in shown
    assert 'href="javascript' not in shown
    assert '" on' not in shown


def test_only_names_of_the_conversation_stand_out() -> None:
    shown = small_markdown("@Ruth K, and @Ruth and @Moses", names=["Ruth", "Ruth K", "<b>"])
    assert "<strong>@Ruth K</strong>," in shown
    assert "<strong>@Ruth</strong> and @Moses" in shown


@given(st.text(alphabet="*_`[]()<>&\"'\n -1.@a\0:/hps", max_size=80))
def test_whatever_is_typed_it_is_cleaned_and_stays_so(typed: str) -> None:
    assert "<script" not in small_markdown(typed, names=["a"])
