"""The sandbox stands alone: it runs without our settings, and without the SDK it imitates."""

import subprocess
import sys

CHECK = """
import sys
import sandbox.__main__, sandbox.testing
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_the_sandbox_loads_nothing_of_ours():
    command = [sys.executable, "-c", CHECK]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert "sandbox" in loaded
    assert not {"django", "stripe", "config", "core", "stores", "payments"} & set(loaded)
