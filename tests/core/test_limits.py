import time_machine

from core.limits import Limit


def test_so_many_and_no_more_until_the_window_ends() -> None:
    limit = Limit("test", times=2, seconds=60)
    with time_machine.travel(1_000_000_000, tick=False) as clock:
        assert [limit.hit("a") for _ in range(3)] == [True, True, False]
        assert limit.hit("b")
        clock.shift(61)
        assert limit.hit("a")
