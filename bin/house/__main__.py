"""The commands, in the project's own Python."""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)

from house.cli import main  # noqa: E402 -- the folder above must be importable first

sys.exit(main(sys.argv[1:]))
