import socket

import pytest
import requests

from sandbox.server import Server, is_loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "127.3.2.1", "::1", "localhost", "pay.localhost"])
def test_these_hosts_are_this_machine(host):
    assert is_loopback(host)


EVERYWHERE = "0.0.0.0"  # noqa: S104  the very thing that is refused


@pytest.mark.parametrize("host", [EVERYWHERE, "", "192.168.1.1", "example.com", "localhost.evil"])
def test_the_sandbox_listens_nowhere_else(host):
    assert not is_loopback(host)
    with pytest.raises(ValueError, match="loopback"):
        Server(host, 0, lambda request: None)


def test_a_name_that_only_leads_here_is_refused(sandbox):
    answer = requests.get(sandbox.url, headers={"Host": "evil.example"}, timeout=10)
    assert answer.status_code == 421


@pytest.mark.parametrize("length", ["9999999", "x", "-1"])
def test_a_body_that_is_too_large_or_unmeasured_is_refused(sandbox, length):
    host, port = sandbox.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), 10) as talk:
        talk.sendall(
            f"POST /v1/x HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n\r\n".encode()
        )
        assert talk.recv(100).startswith(b"HTTP/1.1 413")


def test_head_answers_without_a_body(sandbox):
    answer = requests.head(f"{sandbox.url}/healthz", timeout=10)
    assert (answer.status_code, answer.content) == (200, b"")


def test_other_methods_are_refused(sandbox):
    assert requests.delete(f"{sandbox.url}/_console", timeout=10).status_code == 405
    assert requests.put(f"{sandbox.url}/_console", timeout=10).status_code == 501
