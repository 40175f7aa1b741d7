"""What the benchmarks measure with."""

import pytest

from bench.measuring import medians, promised, share
from bench.memory import MEGABYTE, drained, growth


def test_what_is_streamed_takes_no_memory_and_what_is_kept_does() -> None:
    assert growth(lambda: drained(bytes(MEGABYTE) for _ in range(64))) < 16 * MEGABYTE
    assert growth(lambda: len([b"x" * MEGABYTE for _ in range(128)])) > 48 * MEGABYTE


def test_contestants_take_turns_after_one_that_warms_up() -> None:
    seen: list[str] = []
    contestants = {"a": lambda: seen.append("a"), "b": lambda: seen.append("b")}
    assert set(medians(contestants, times=2, rounds=2)) == {"a", "b"}
    assert "".join(seen) == "ab" + "aabb" * 2


def test_a_share_is_the_more_the_faster_the_second_one_is() -> None:
    assert share("x", {"bare": lambda: sum(range(200_000)), "ours": lambda: None}, times=3) > 1
    assert share("x", {"bare": lambda: None, "ours": lambda: sum(range(200_000))}, times=3) < 1


def test_a_promise_says_whether_it_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert promised(1.0, at_least=1.0)
    assert not promised(0.9, at_least=1.0)
    assert promised(2.0, at_most=2.0)
    assert not promised(2.1, at_most=2.0)
    assert capsys.readouterr().out.count("not held") == 2
