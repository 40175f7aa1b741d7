"""The Nu Html Checker, which is the W3C's: what it finds wrong in pages as they were sent."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

CHECKER = Path(__file__).parents[2] / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


def can_check() -> bool:
    """Whether this machine has Java, and the checker was installed."""
    return shutil.which("java") is not None and CHECKER.exists()


def markup_errors(pages: Mapping[str, str], room: Path) -> list[str]:
    """Return the errors in pages (address → HTML), one line each; ``room`` is an empty folder."""
    names = {}
    for number, (address, html) in enumerate(pages.items()):
        file = room / f"{number}.html"
        file.write_text(html, encoding="utf-8")
        names[file.name] = address
    command = ["java", "-Xss4m", "-jar", str(CHECKER), "--stdout", "--format", "json"]
    options = ["--errors-only", "--exit-zero-always", "--skip-non-html", str(room)]
    said = subprocess.run([*command, *options], capture_output=True, check=True, text=True)
    return [
        f"{names[each['url'].rpartition('/')[2]]}:{each.get('lastLine')}: {each['message']}"
        f" «{each.get('extract', '').strip()}»"
        for each in json.loads(said.stdout)["messages"]
    ]
