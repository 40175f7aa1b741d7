import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import stripe

from sandbox.__main__ import main
from sandbox.testing import KEY, RemoteSandbox
from tests.sandbox.making import make_session


@contextmanager
def running(*arguments: str, end: int = signal.SIGTERM) -> Iterator[RemoteSandbox]:
    """The program itself, on a free port."""
    command = [sys.executable, "-m", "sandbox", "--port", "0", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ)
    try:
        address = re.search(r"http://[\d.:]+", process.stdout.readline())
        yield RemoteSandbox(address.group())
    finally:
        process.send_signal(end)
        assert process.wait(20) == (0 if end == signal.SIGTERM else -end)
        process.stdout.close()


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_the_program_remembers_across_a_restart(tmp_path, end):
    db = str(tmp_path / "sandbox.sqlite3")
    with running("--db", db, end=end) as first:
        client = stripe.StripeClient(KEY, base_addresses={"api": first.url})
        session = make_session(client)
    with running("--db", db) as second:
        assert second.pay(session.id)["status"] == "complete"


def test_the_program_tells_the_address_it_is_given(receiver):
    told = ("--webhook-url", receiver.url, "--webhook-secret", receiver.secret)
    with running(*told) as sandbox:
        client = stripe.StripeClient(KEY, base_addresses={"api": sandbox.url})
        sandbox.chaos(hold=True)
        client.v1.customers.create({"name": "Charlie"})
        sandbox.deliver()
    assert receiver.types == ["customer.created"]


def test_the_program_refuses_an_open_address(capsys):
    assert main(["--host", "192.0.2.1", "--port", "0"]) == 1
    assert "loopback" in capsys.readouterr().err


def test_an_address_needs_a_secret(capsys):
    with pytest.raises(SystemExit):
        main(["--webhook-url", "http://localhost/"])
    assert "belong together" in capsys.readouterr().err
