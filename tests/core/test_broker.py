"""What becomes of a worker's connection when Redis goes away."""

from pathlib import Path

import pytest
from kombu import Connection, Queue

from tests.work.servers import redis_server

pytestmark = pytest.mark.servers


def test_a_worker_in_the_middle_of_something_gets_over_a_redis_that_is_gone(tmp_path: Path) -> None:
    redis = redis_server(tmp_path)
    redis.start()
    connection = Connection(f"redis://127.0.0.1:{redis.port}/0")
    connection.Producer().publish({}, routing_key="knocks", declare=[Queue("knocks")])
    in_hand = Queue("knocks", channel=connection.default_channel).get()
    for channel in (connection.default_channel, connection.channel()):
        Queue("orders", channel=channel).consume("me", callback=lambda message: None)
    with pytest.raises(TimeoutError):
        connection.drain_events(timeout=0.1)
    redis.kill()
    connection.collect()  # as Celery does when the connection is lost,
    connection.close()  # and then this
    in_hand.ack()  # the task ended in the meantime
    assert in_hand.channel.closed


def test_celery_reaches_redis_by_our_transport() -> None:
    for address in ("redis://127.0.0.1:1/0", "rediss://127.0.0.1:1/0"):
        assert Connection(address).get_transport_cls().__module__ == "core.broker"
