"""The queue that is a folder: whoever looks finds whole messages or none."""

from __future__ import annotations

from pathlib import Path
from queue import Empty
from threading import Event, Thread
from typing import Any

import pytest
from kombu import Connection

import config.celery  # noqa: F401 -- names the transport
from core.queue_folder import Channel, Transport

MESSAGES = 150
LONG = "x" * 200_000


@pytest.fixture
def connection(tmp_path: Path) -> Any:
    folder = tmp_path / "messages"
    folder.mkdir()
    options = {
        "data_folder_in": str(folder),
        "data_folder_out": str(folder),
        "control_folder": str(tmp_path / "control"),
    }
    with Connection("filesystem://", transport_options=options) as found:
        yield found


def test_the_folders_transport_is_ours(connection: Any) -> None:
    assert connection.transport_cls == "filesystem"
    assert isinstance(connection.transport, Transport)
    assert isinstance(connection.default_channel, Channel)


def test_a_reader_beside_a_writer_takes_whole_messages_only(connection: Any) -> None:
    channel, done = connection.channel(), Event()
    taken: list[int] = []
    broken: list[BaseException] = []

    def read() -> None:
        mine = connection.clone().channel()
        while True:
            was_done = done.is_set()
            try:
                taken.append(mine._get("q")["number"])
            except Empty:
                if was_done:
                    return
            except ValueError as error:
                broken.append(error)

    reader = Thread(target=read)
    reader.start()
    for number in range(MESSAGES):
        channel._put("q", {"number": number, "text": LONG})
    done.set()
    reader.join(timeout=60)

    assert not broken
    assert sorted(taken) == list(range(MESSAGES))


def test_nothing_stays_beside_the_queue(connection: Any, tmp_path: Path) -> None:
    connection.channel()._put("q", {"number": 1})
    assert [path.suffix for path in (tmp_path / "messages").iterdir()] == [".msg"]


def test_a_list_of_queues_that_is_being_written_is_waited_for(
    connection: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = connection.channel()
    half = tmp_path / "control" / "x.exchange"
    half.parent.mkdir(exist_ok=True)
    half.write_text("")
    assert channel.get_table("x") == []
    monkeypatch.setattr("core.queue_folder.time.sleep", lambda _seconds: half.write_text("[]"))
    channel._queue_bind("x", "", "", "q")

    assert [queue.queue for queue in channel.get_table("x")] == ["q"]
