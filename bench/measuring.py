"""How everything here is measured: contestants take turns, and medians are compared."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from statistics import median

ROUNDS = 3
Act = Callable[[], object]


def medians(
    contestants: Mapping[str, Act],
    *,
    times: int,
    rounds: int = ROUNDS,
    clock: Callable[[], float] = time.perf_counter,
    before: Act = int,
) -> dict[str, float]:
    """Return the median seconds of one act, for each contestant; whoever is first warms up too.

    The rounds are interleaved, so that what slows the machine down slows down everybody. What is
    done ``before`` each act is not measured.
    """
    for act in contestants.values():
        before()
        act()
    taken: dict[str, list[float]] = {name: [] for name in contestants}
    for _round in range(rounds):
        for name, act in contestants.items():
            for _time in range(times):
                before()
                begun = clock()
                act()
                taken[name].append(clock() - begun)
    return {name: median(some) for name, some in taken.items()}


def told(what: str, contestants: Mapping[str, Act], *, times: int, at_work: bool = True) -> float:
    """Print the ratio of the second contestant to the first, and return it.

    What happens in this process is measured by the time it works (``at_work``), which a busy
    machine does not stretch; what others do, by the time that passes.
    """
    clock = time.process_time if at_work else time.perf_counter
    found = medians(contestants, times=times, clock=clock)
    (bare, least), (ours, most) = found.items()
    print(f"{what:34} {bare} {least * 1e3:8.2f} ms   {ours} {most / least:6.2f} x", flush=True)
    return most / least


def share(
    what: str,
    contestants: Mapping[str, Act],
    *,
    times: int = 40,
    clock: Callable[[], float] = time.process_time,
    before: Act = int,
) -> float:
    """Print which share of the first one's speed the second has (more is better), and return it."""
    found = medians(contestants, times=times, clock=clock, before=before)
    (bare, least), (ours, most) = found.items()
    told_times = f"{bare} {least * 1e3:6.2f} ms   {ours} {most * 1e3:6.2f} ms"
    print(f"{what:34} {told_times}   share {least / most:5.2f}", flush=True)
    return least / most


def promised(number: float, *, at_least: float | None = None, at_most: float | None = None) -> bool:
    """Print whether a promise holds, with its number, and return it."""
    is_held = (at_least is None or number >= at_least) and (at_most is None or number <= at_most)
    bound = f"at least {at_least}" if at_least is not None else f"at most {at_most}"
    print(
        f"{'':34} {'held' if is_held else 'not held'}: {number:.2f}, promised {bound}", flush=True
    )
    return is_held
