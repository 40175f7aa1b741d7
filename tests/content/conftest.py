from collections.abc import Callable
from pathlib import Path

import pytest

from content.services.judge import Refused, Verdict, judge
from core.limited import Limits

Judge = Callable[..., Verdict]


@pytest.fixture
def judged(tmp_path: Path) -> Judge:
    """Judge a file, with its clean copy in a folder of its own."""
    into = tmp_path / "into"
    into.mkdir()

    def ask(path: Path, **over: object) -> Verdict:
        return judge(path, into=into, **over)

    return ask


@pytest.fixture
def refusal(judged: Judge) -> Callable[..., Refused]:
    """The refusal of a file that must not be taken; its sentence was filled in."""

    def ask(path: Path, **over: object) -> Refused:
        with pytest.raises(Refused) as caught:
            judged(path, **over)
        assert "{" not in str(caught.value.sentence)
        return caught.value

    return ask


@pytest.fixture
def tight() -> Limits:
    return Limits(memory=400 * 1024 * 1024, cpu_seconds=10, wall_seconds=30)
