"""What the benchmarks measure with."""

from bench.measuring import medians
from bench.memory import MEGABYTE, drained, growth


def test_what_is_streamed_takes_no_memory_and_what_is_kept_does() -> None:
    assert growth(lambda: drained(bytes(MEGABYTE) for _ in range(64))) < 16 * MEGABYTE
    assert growth(lambda: len([b"x" * MEGABYTE for _ in range(128)])) > 48 * MEGABYTE


def test_contestants_take_turns_after_one_that_warms_up() -> None:
    seen: list[str] = []
    contestants = {"a": lambda: seen.append("a"), "b": lambda: seen.append("b")}
    assert set(medians(contestants, times=2, rounds=2)) == {"a", "b"}
    assert "".join(seen) == "ab" + "aabb" * 2
