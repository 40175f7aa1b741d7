"""The limited process: what goes over its memory, time, output or files ends there alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from core.limited import MEGABYTE, ROOT, CrashedError, Limits, TooHeavyError, run_limited

WORKER = "tests.core.greedy"
TIGHT = Limits(
    memory=200 * MEGABYTE, cpu_seconds=1, wall_seconds=20, file_bytes=MEGABYTE, open_files=32
)


@pytest.mark.parametrize("greed", ["memory", "memory_in_pieces", "cpu", "disk", "recursion"])
def test_greed_ends_the_little_process_alone(greed: str, tmp_path: Path) -> None:
    with pytest.raises((TooHeavyError, CrashedError)) as ended:
        run_limited(WORKER, {"greed": greed, "into": str(tmp_path)}, limits=TIGHT)
    assert isinstance(ended.value, TooHeavyError) or greed == "recursion"
    assert sum(each.stat().st_size for each in tmp_path.iterdir()) <= MEGABYTE


def test_one_that_only_sleeps_is_ended_by_the_clock(tmp_path: Path) -> None:
    limits = Limits(wall_seconds=1)
    with pytest.raises(TooHeavyError):
        run_limited(WORKER, {"greed": "sleep", "into": str(tmp_path)}, limits=limits)


@pytest.mark.parametrize("greed", ["files", "secrets"])
def test_it_has_few_files_and_no_secrets(
    greed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "a-secret")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-secret")
    answer = run_limited(WORKER, {"greed": greed, "into": str(tmp_path)}, limits=TIGHT)
    assert answer == {"files": {"opened_all": False}, "secrets": {"found": []}}[greed]


def test_what_it_may_have_is_enough(tmp_path: Path) -> None:
    assert run_limited(WORKER, {"greed": "", "into": str(tmp_path)}, limits=TIGHT) == {"well": True}


def peak_of(paths: list[str], into: Path) -> int:
    """Return the most memory, in MB, that any process needed which judged one of these files."""
    script = (
        "import json, resource, sys\n"
        "from core.limited import run_limited\n"
        "for path in json.loads(sys.argv[1]):\n"
        "    asked = {'path': path, 'into': sys.argv[2], 'accept': ['epub', 'pdf']}\n"
        "    assert run_limited('content.services.judge.worker', asked)['refused']\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", script, json.dumps(paths), str(into)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return int(said.stdout)


def test_two_gigabytes_are_judged_in_a_few_megabytes(tmp_path: Path) -> None:
    paths = []
    for name, head, size in (
        ("a.pdf", b"%PDF-1.7\n", 2048 * MEGABYTE - 1),
        ("a.epub", b"PK\x03\x04", 600 * MEGABYTE - 1),
        ("nothing", b"", 2048 * MEGABYTE),
    ):
        with (tmp_path / name).open("wb") as sparse:
            sparse.write(head)
            sparse.truncate(size)
        paths.append(str(tmp_path / name))

    assert peak_of(paths, tmp_path) < 150


def test_a_large_pdf_that_must_be_searched_through_is_searched_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    with path.open("wb") as sparse:
        sparse.write(b"%PDF-1.7\n")
        sparse.seek(96 * MEGABYTE)
        sparse.write(b"\nstartxref\n9\n%%EOF")

    assert peak_of([str(path)], tmp_path) < 90
