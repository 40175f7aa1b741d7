"""Where the derived schema is kept: made once per version of the SDK, read afterwards."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from sandbox.schema.document import build
from sandbox.schema.source import Sdk

DEFAULT_FOLDER = Path(__file__).resolve().parents[2] / "var" / "sandbox"


def default_path(sdk: Sdk) -> Path:
    """Return the place of the schema that this generator makes of this very SDK."""
    generator = sorted(Path(__file__).parent.glob("*.py"))
    mark = hashlib.sha256(b"".join(path.read_bytes() for path in generator)).hexdigest()[:8]
    return DEFAULT_FOLDER / f"stripe-{sdk.version}-{mark}.json"


def write(path: Path, sdk: Sdk | None = None) -> dict[str, Any]:
    """Make the schema and put it in place whole, also when two processes make it at once."""
    document = build(sdk)
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", dir=path.parent, delete=False) as part:
        json.dump(document, part, separators=(",", ":"))
    Path(part.name).replace(path)
    return document


def load(path: Path | None = None) -> dict[str, Any]:
    """Return the schema at the path; without one, that of the SDK, made when it is not there."""
    sdk = Sdk()
    place = path or default_path(sdk)
    if not place.exists():
        if path is not None:
            raise FileNotFoundError(f"{path} is missing; make it: python -m sandbox.schema {path}")
        return write(place, sdk)
    document: dict[str, Any] = json.loads(place.read_text())
    return document
