import socket

import pytest
from house import ports
from house.console import Stop


def test_a_taken_port_is_named_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        monkeypatch.setenv("PORT", str(number))
        with pytest.raises(Stop, match=f"port {number} is taken.*PORT={number + 1}"):
            ports.refuse_taken()


@pytest.mark.parametrize("value", ["", "http", "0", "65536", "-1"])
def test_what_is_no_port_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", value)
    with pytest.raises(Stop, match="PORT must be a port number"):
        ports.port("PORT")
