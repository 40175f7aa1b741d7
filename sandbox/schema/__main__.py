"""Makes the schema, and shows what an upgrade of the SDK changes.

python -m sandbox.schema OUT.json              make it (and say what differs from an older OUT)
python -m sandbox.schema --differences OLD.json   what the installed SDK changes against OLD
python -m sandbox.schema --accept              say that all of it was looked at
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from sandbox.schema import review
from sandbox.schema.document import build
from sandbox.schema.stored import write

USAGE = "usage: python -m sandbox.schema OUT.json | --differences OLD.json | --accept\n"


def main(arguments: list[str]) -> int:
    """Do what the command line says."""
    match arguments:
        case ["--accept"]:
            review.accept(build())
            sys.stdout.write(f"Reviewed: {review.reviewed()['api_version']}\n")
        case ["--differences", old]:
            _tell(review.differences(json.loads(Path(old).read_text()), build()))
        case [out] if not out.startswith("-"):
            _make(Path(out))
        case _:
            sys.stderr.write(USAGE)
            return 2
    return 0


def _make(path: Path) -> None:
    before = json.loads(path.read_text()) if path.exists() else None
    document = write(path)
    operations = sum(len(verbs) for verbs in document["paths"].values())
    version = document["info"]["version"]
    sys.stdout.write(f"{version}: {len(document['paths'])} paths, {operations} operations\n")
    if before is not None:
        _tell(review.differences(before, document))


def _tell(lines: list[str]) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines) or "No difference.\n")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
