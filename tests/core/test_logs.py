"""What a line of the log carries, and what never stands in it."""

import json
import logging
from typing import Any

import pytest
from django.test import Client

from config.celery import app
from core import logs
from stores.models import Store
from stores.scope import store_scope


@pytest.fixture
def lines() -> Any:
    """All lines said meanwhile, as a machine reads them."""
    said: list[dict[str, Any]] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(json.loads(logs.JsonFormatter().format(record)))

    handler, root, access = Kept(), logging.getLogger(), logging.getLogger("access")
    root.addHandler(handler)
    access.setLevel(logging.INFO)
    yield said
    root.removeHandler(handler)
    access.setLevel(logging.NOTSET)


def test_an_answer_is_one_line_with_its_request_store_person_and_view(
    lines: list[dict[str, Any]], store: Store, browse: Any, alice: Any
) -> None:
    answer = browse(store, alice).get("/account/?secret=1")
    (line,) = [each for each in lines if each["logger"] == "access"]
    assert line["request"] == answer["X-Request-ID"]
    assert (line["store"], line["view"]) == (store.public_id, "accounts:account")
    assert (line["method"], line["status"]) == ("GET", answer.status_code)
    assert line["user"] == alice.public_id if hasattr(alice, "public_id") else alice.pk
    assert "alice@" not in json.dumps(line)
    assert "secret" not in json.dumps(line)


def test_health_pages_write_no_line(lines: list[dict[str, Any]], db: None) -> None:
    Client().get("/healthz")
    assert not [each for each in lines if each["logger"] == "access"]


def test_a_number_of_the_visitors_own_is_not_taken(db: None) -> None:
    answer = Client().get("/healthz", headers={"X-Request-ID": "mine-mine-mine"})
    assert answer["X-Request-ID"] != "mine-mine-mine"


def test_a_number_of_our_proxys_is_taken_if_it_is_one(db: None, settings: Any) -> None:
    settings.BEHIND_PROXY = True
    for given, is_taken in (("0af7651916cd43dd", True), ("x" * 200, False), ("a\nb" * 9, False)):
        answer = Client().get("/healthz", headers={"X-Request-ID": given})
        assert (answer["X-Request-ID"] == given) is is_taken


def test_a_line_inside_a_scope_says_whose_rows_it_speaks_of(
    lines: list[dict[str, Any]], store: Store
) -> None:
    with store_scope(store):
        logging.getLogger("any").warning("something")
    assert lines[-1]["store"] == store.public_id


def test_a_task_says_which_it_is_and_which_request_woke_it(lines: list[dict[str, Any]]) -> None:
    @app.task(name="tests.says", shared=False)
    def says() -> None:
        logging.getLogger("any").warning("at work")

    with logs.during(request="abc"):
        says.apply(headers={"request_number": "abc"})
    logging.getLogger("any").warning("after")
    assert (lines[0]["name"], lines[0]["request"]) == ("tests.says", "abc")
    assert lines[0]["task"]
    assert "task" not in lines[1]


def test_a_line_for_eyes_has_its_facts_at_the_end() -> None:
    record = logging.LogRecord("any", logging.INFO, "", 0, "said %s", ("it",), None)
    with logs.during(request="abc", task=None):
        assert logs.LineFormatter().format(record).endswith("INFO any said it  [request=abc]")


def test_a_traceback_is_part_of_its_line() -> None:
    try:
        _ = 1 / 0
    except ZeroDivisionError as error:
        info = (type(error), error, error.__traceback__)
    record = logging.LogRecord("any", logging.ERROR, "", 0, "broke", (), info)
    assert "ZeroDivisionError" in json.loads(logs.JsonFormatter().format(record))["error"]
