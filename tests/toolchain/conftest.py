"""The commands' own modules are imported as they import each other: from the folder bin."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "bin"))
