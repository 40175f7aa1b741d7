"""Makes the schema: `python -m sandbox.schema OUT.json`."""

from __future__ import annotations

import sys
from pathlib import Path

from sandbox.schema.stored import write


def main(arguments: list[str]) -> int:
    """Write the schema to the one path given."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m sandbox.schema OUT.json\n")
        return 2
    document = write(Path(arguments[0]))
    operations = sum(len(verbs) for verbs in document["paths"].values())
    version = document["info"]["version"]
    sys.stdout.write(f"{version}: {len(document['paths'])} paths, {operations} operations\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
