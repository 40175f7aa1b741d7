from pathlib import Path

import pytest

ROOT = str(Path(__file__).parents[2])
ALONE = ("-p", "no:django", "-p", "no:randomly", "-p", "tests.plugins.tools")


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):
    """Run pytest with our plugin on one file of tests."""
    monkeypatch.setenv("PYTHONPATH", ROOT)
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)

    def on(text: str, *options: str) -> pytest.RunResult:
        pytester.makepyfile(f"import pytest\n{text}")
        return pytester.runpytest_subprocess(*ALONE, *options)

    return on


SKIPPED = "def test_a(): pytest.skip('no printer')"


def test_a_skip_is_a_skip(run) -> None:
    result = run(SKIPPED)
    result.assert_outcomes(skipped=1)
    assert result.ret == 0


def test_a_skip_fails_where_skipping_is_forbidden(run) -> None:
    result = run(SKIPPED, "--forbid-skips", "-ra")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*no printer (and skipping is forbidden)*"])


def test_a_module_that_skips_itself_fails_where_skipping_is_forbidden(run) -> None:
    assert run("pytest.skip('no printer', allow_module_level=True)", "--forbid-skips").ret != 0


def test_what_may_skip_still_skips(run) -> None:
    result = run(f"@pytest.mark.may_skip\n{SKIPPED}", "--forbid-skips")
    result.assert_outcomes(skipped=1)


def test_an_expected_failure_is_no_skip(run) -> None:
    result = run("@pytest.mark.xfail\ndef test_a(): assert 0", "--forbid-skips")
    result.assert_outcomes(xfailed=1)


def test_long_tests_wait_for_long(run) -> None:
    slow = "@pytest.mark.slow\ndef test_a(): pass\ndef test_b(): pass"
    run(slow).assert_outcomes(passed=1, deselected=1)
    run(slow, "--long").assert_outcomes(passed=2)


def test_a_missing_tool_is_named(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_REDIS_URL", "redis://127.0.0.1:1/0")
    result = run("@pytest.mark.redis\ndef test_a(): pass", "-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*a Redis server at TEST_REDIS_URL is missing*"])


@pytest.mark.parametrize("processes", ["0", "2"])
def test_a_check_that_failed_before_is_counted_in_the_last_line(run, processes: str) -> None:
    result = run("def test_a(): pass", "--failed-check=mypy", "-n", processes, "-ra")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*FAILED check: mypy*"])
    assert "1 failed, 1 passed" in result.outlines[-1]
