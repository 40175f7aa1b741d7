from __future__ import annotations

from core.fragments import Fragments


def test_what_is_kept_is_found_under_its_key_alone() -> None:
    kept = Fragments()
    kept.keep(("foot", 1), "one")

    assert kept.get(("foot", 1)) == "one"
    assert kept.get(("foot", 2)) is None


def test_what_is_old_is_not_found() -> None:
    now = [0.0]
    kept = Fragments(seconds=600, clock=lambda: now[0])
    kept.keep("foot", "one")
    now[0] = 601

    assert kept.get("foot") is None


def test_what_nobody_used_longest_goes_first() -> None:
    kept = Fragments(most=2)
    kept.keep("a", "a")
    kept.keep("b", "b")
    kept.get("a")
    kept.keep("c", "c")

    assert (kept.get("a"), kept.get("b"), kept.get("c")) == ("a", None, "c")
