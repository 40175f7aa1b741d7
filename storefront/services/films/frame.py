"""The limited process that has ffmpeg take one picture out of a film; it never imports Django.

ffmpeg is told what the file is and that it may read nothing else, so no list of addresses inside a
film is followed. It inherits the limits of this process.
"""

import subprocess
from typing import Any

from core.limited import answer

LARGEST_SIDE = 1920
LONGEST_SECONDS = 60
LOOKED_AT = 48
"""Pictures from there on among which the plainest is chosen: no fade, no flash."""


def work(request: dict[str, Any]) -> dict[str, Any]:
    """Write a picture of the film at ``path``, ``at`` seconds from its start, to ``to``."""
    side = LARGEST_SIDE
    fitted = f"scale=w='min({side},iw)':h='min({side},ih)':force_original_aspect_ratio=decrease"
    command = [
        *(request["program"], "-nostdin", "-v", "error", "-y", "-threads", "1"),
        *("-protocol_whitelist", "file", "-f", "mov", "-ss", str(request["at"])),
        *("-i", request["path"], "-an", "-sn", "-dn", "-threads", "1", "-filter_threads", "1"),
        *("-vf", f"{fitted},thumbnail={LOOKED_AT}"),
        *("-frames:v", "1", "-f", "image2", "-c:v", "png", request["to"]),
    ]
    done = subprocess.run(command, check=False, timeout=LONGEST_SECONDS)  # noqa: S603 -- a list, no shell
    return {"is_made": done.returncode == 0}


if __name__ == "__main__":
    answer(work)
