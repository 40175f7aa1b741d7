import pytest

from sandbox.webhooks.chaos import Chaos


def test_a_counted_switch_counts_down():
    chaos = Chaos(drop=2)
    assert [chaos.take("drop") for _ in range(3)] == [True, True, False]


def test_switches_are_turned_by_name_and_off_again():
    chaos = Chaos()
    chaos.set({"duplicate": "3", "reorder": True})
    assert (chaos.duplicate, chaos.reorder) == (3, True)
    chaos.clear()
    assert chaos.as_json() == Chaos().as_json()


def test_there_is_no_switch_of_another_name():
    with pytest.raises(ValueError, match="no switch nonsense"):
        Chaos().set({"nonsense": 1})
