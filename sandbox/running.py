"""A sandbox that runs: a world, a courier and a server, put together."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

from sandbox.api.idempotency import forget_unanswered
from sandbox.api.table import JOBS
from sandbox.app import App
from sandbox.objects import webhook_endpoints
from sandbox.schema.check import Checker
from sandbox.schema.stored import load
from sandbox.server import Server
from sandbox.storage import Storage
from sandbox.webhooks.deliveries import Courier
from sandbox.world import World


class Sandbox:
    """One running sandbox; `start` it, `stop` it."""

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        db: str = ":memory:",
        schema: Path | None = None,
        is_strict: bool = False,
    ) -> None:
        self.world = World(Storage(db), Checker(load(schema)), is_strict=is_strict, jobs=JOBS)
        forget_unanswered(self.world.storage)
        self.courier = Courier(self.world)
        self.server = Server(host, port, App(self.world, self.courier))
        self.url = f"http://{host}:{self.server.server_address[1]}"
        self.world.url = self.url
        self._thread = Thread(target=self._serve, name="sandbox-server", daemon=True)

    def start(self) -> None:
        """Serve and deliver, in threads of their own."""
        self.courier.start()
        self._thread.start()

    def stop(self) -> None:
        """End both, and let go of the file."""
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()
        self.courier.stop()
        self.world.storage.close()

    def join(self) -> None:
        """Wait until the server ends."""
        self._thread.join()

    def listen(self, url: str, secret: str) -> None:
        """Tell everything to this address, signed with this secret."""
        with self.world.turn() as account:
            webhook_endpoints.register(account, url, secret)

    def _serve(self) -> None:
        self.server.serve_forever(poll_interval=0.05)
