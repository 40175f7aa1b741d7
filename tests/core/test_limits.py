from typing import Any

import pytest
import time_machine
from django.core.management import call_command

from core.limits import Limit, Once

LIMIT = Limit("test", 2, 3600)
ONCE = Once("test", 3600)


@pytest.fixture(params=["locmem", "database"])
def shared_cache(request: Any, settings: Any, db: None) -> None:
    if request.param == "database":
        backend = "django.core.cache.backends.db.DatabaseCache"
        settings.CACHES = {
            **settings.CACHES,
            "shared": {"BACKEND": backend, "LOCATION": "limits_of_a_test"},
        }
        call_command("createcachetable")


def test_more_than_the_limit_in_one_window_is_refused(shared_cache: None) -> None:
    with time_machine.travel("2026-11-22T10:00:00Z", tick=False):
        assert [LIMIT.hit("a"), LIMIT.hit("a"), LIMIT.hit("a")] == [True, True, False]
        assert LIMIT.hit("b")


def test_a_long_window_is_remembered_to_its_end(shared_cache: None) -> None:
    with time_machine.travel("2026-11-22T10:00:00Z", tick=False) as clock:
        LIMIT.hit("a")
        LIMIT.hit("a")
        clock.shift(3500)
        assert not LIMIT.hit("a")


def test_the_next_window_begins_anew(shared_cache: None) -> None:
    with time_machine.travel("2026-11-22T10:00:00Z", tick=False) as clock:
        for _time in range(3):
            LIMIT.hit("a")
        clock.shift(3600)
        assert LIMIT.hit("a")


def test_a_limit_outlives_a_thousand_others_in_the_database(settings: Any, db: None) -> None:
    from config import settings as ours

    kept = {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "many_limits"}
    options = ours.CACHES["shared"].get("OPTIONS", {"MAX_ENTRIES": 100_000})
    settings.CACHES = {**settings.CACHES, "shared": {**kept, "OPTIONS": options}}
    call_command("createcachetable")
    with time_machine.travel("2026-11-22T10:00:00Z", tick=False):
        for name in ("a", "a", *map(str, range(1000))):
            LIMIT.hit(name)
        assert not LIMIT.hit("a")


def test_only_the_first_of_a_key_counts(shared_cache: None) -> None:
    assert [ONCE.take("a"), ONCE.take("a"), ONCE.take("b")] == [True, False, True]


def test_while_nobody_counts_only_secrets_stay_guarded(redis_gone: None) -> None:
    assert LIMIT.hit("a")
    assert ONCE.take("a")
    assert not Once("guess", 3600, guards_a_secret=True).take("a")
    assert not Limit("guess", 2, 3600, guards_a_secret=True).hit("a")
