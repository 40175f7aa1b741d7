"""bin/serve: everything Sevenfold needs on one machine, started together and ended together."""

from http import HTTPStatus
from http.client import HTTPConnection, HTTPException

from house import machine, site
from house.children import Children
from house.console import say
from house.places import PYTHON, ROOT, VAR
from house.ports import port
from house.shell import manage

START_SECONDS = 180


def serve() -> int:
    """Set up, start, show where to look, and wait for Ctrl-C; a program that dies ends all."""
    site.prepare()
    web, sandbox = port("PORT"), port("SANDBOX_PORT")
    env = machine.environment(web, sandbox)
    with Children(VAR / "log", env) as children:
        commands = _commands(web, sandbox, env)
        children.start("sandbox", commands.pop("sandbox"))
        children.wait_until(lambda: _answers(sandbox, "/_console"), START_SECONDS)
        manage("demo", env=env)  # a year of sales, before the workers could hurry it
        for name, command in commands.items():
            children.start(name, command)
        children.wait_until(lambda: _answers(web, "/healthz"), START_SECONDS)
        _show(web, sandbox)
        children.wait()
    say("Ended.")
    return 0


def _commands(web: int, sandbox: int, env: dict[str, str]) -> dict[str, list[str]]:
    python, celery = str(PYTHON), [str(PYTHON), "-m", "celery", "-A", "config", "worker"]
    quiet = ["--loglevel=INFO", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    hook = f"http://127.0.0.1:{web}/stripe/{env['STRIPE_WEBHOOK_TOKEN']}/"
    return {
        "sandbox": [
            *(python, "-m", "sandbox", "--port", str(sandbox), "--webhook-url", hook),
            *("--webhook-secret", env["STRIPE_WEBHOOK_SECRET"]),
            *("--db", str(VAR / "sandbox.sqlite3"), "--schema", str(site.SCHEMA)),
        ],
        "web": [
            *(python, str(ROOT / "deploy" / "web.py"), "--port", str(web)),
        ],
        "worker": [*celery, "-n", "worker@%h", "-Q", "default,mail", "-c", "2", "-B", *quiet],
        "media": [*celery, "-n", "media@%h", "-Q", "media", "-c", "1", *quiet],
    }


def _show(web: int, sandbox: int) -> None:
    say()
    say(f"Sevenfold is here:      http://localhost:{web}/")
    say(f"The pretend payments:   http://127.0.0.1:{sandbox}/_console")
    say("What the programs say:  var/log/")
    say("Ctrl-C ends all.")


def _answers(port_number: int, path: str) -> bool:
    """Whether a server of ours answers; asked directly, past any proxy."""
    connection = HTTPConnection("127.0.0.1", port_number, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
