"""Known weaknesses in the locked packages, asked of the registries' advisories."""

import json
from pathlib import Path
from typing import Any

from house import node_packages
from house.places import REQUIREMENTS, SCRIPTS
from house.shell import output_of


class Unreachable(Exception):
    """Nobody answers for the advisories here; it says nothing about the packages."""


def python_weaknesses() -> list[str]:
    """Return one line per known weakness of the Python packages, or raise Unreachable."""
    command: list[str | Path] = [SCRIPTS / "pip-audit", "--disable-pip", "--require-hashes"]
    command += ["--progress-spinner=off", "--format=json"]
    for name in ("run", "dev"):
        command += ["-r", REQUIREMENTS / f"{name}.txt"]
    report = _json(output_of(command))
    packages = report.get("dependencies", [])
    if not any("vulns" in package for package in packages):
        raise Unreachable
    return [
        f"{package['name']} {package['version']}: {weakness['id']}, see {weakness['fix_versions']}"
        for package in packages
        for weakness in package.get("vulns", [])
    ]


def npm_weaknesses() -> list[str]:
    """Return one line per known weakness of the front-end packages, or raise Unreachable."""
    npm = node_packages.find_node().npm
    report = _json(output_of([*npm, "audit", "--json", "--package-lock-only"]))
    if "vulnerabilities" not in report:
        raise Unreachable
    return [f"{name}: {found['severity']}" for name, found in report["vulnerabilities"].items()]


def _json(text: str) -> dict[str, Any]:
    try:
        report = json.loads(text)
    except ValueError as error:
        raise Unreachable from error
    return report if isinstance(report, dict) else {}
