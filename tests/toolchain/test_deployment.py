"""What is deployed, as far as it can be looked at without a Docker daemon."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "docker-compose.yml"
SECRETS = ("PASSWORD", "SECRET", "KEY", "TOKEN")
OTHERS = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
"""Read by boto3 itself."""
KNOWN = {
    *("build", "image", "restart", "environment", "depends_on", "healthcheck", "stop_grace_period"),
    *("ports", "volumes", "networks", "command", "deploy", "shm_size", "configs"),
}


@pytest.fixture(scope="module")
def compose() -> Any:
    return yaml.safe_load(COMPOSE.read_text())


def settings_read() -> set[str]:
    """Names of all variables that we read from the environment."""
    read = re.compile(r"""env(?:iron)?\.\w+\(\s*"([A-Z][A-Z_]+)\"""")
    files = [ROOT / "config" / "settings.py", *(ROOT / "deploy").glob("*.py")]
    return {name for path in files for name in read.findall(path.read_text())}


def test_every_setting_is_in_the_table() -> None:
    told = set(re.findall(r"`([A-Z][A-Z_]+)`", (ROOT / "docs" / "settings.md").read_text()))
    assert settings_read() - told == set()
    assert len(settings_read()) > 25


def test_every_variable_of_the_containers_is_read(compose: Any) -> None:
    for name in ("web", "worker", "media", "beat", "migrate"):
        assert set(compose["services"][name]["environment"]) - OTHERS <= settings_read()


def test_the_example_names_what_the_file_asks_for_and_holds_no_secret() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)", COMPOSE.read_text()))
    lines = (ROOT / ".env.example").read_text().splitlines()
    example = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert asked == set(example)
    assert not [name for name, value in example.items() if value and name.endswith(SECRETS)]


def test_no_secret_stands_in_the_file() -> None:
    for line in COMPOSE.read_text().splitlines():
        if re.search(r"(PASSWORD|SECRET\w*|KEY|TOKEN): ", line):
            assert re.search(r": \$\{[A-Z_]+:[?-]\}$", line), line


def test_services_say_only_what_compose_knows_and_lean_on_each_other(compose: Any) -> None:
    services = compose["services"]
    assert set(services) >= {"nginx", "web", "worker", "media", "beat", "postgres", "redis"}
    for name, service in services.items():
        assert set(service) <= KNOWN, name
        assert set(service.get("depends_on", {})) <= set(services), name
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source.startswith("${") or source in compose["volumes"], volume
        for config in service.get("configs", []):
            assert config["source"] in compose["configs"]
    assert services["web"]["deploy"]["replicas"] == 2


def test_every_service_says_how_it_is_well_or_has_its_image_say_so(compose: Any) -> None:
    for name in ("postgres", "redis", "storage"):
        assert compose["services"][name]["healthcheck"]["test"], name
    stages = (ROOT / "Dockerfile").read_text().split("\nFROM ")
    assert all("HEALTHCHECK" in stage for stage in stages[3:])


def test_every_queue_has_a_worker(compose: Any, settings: Any) -> None:
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()} | {"default"}
    served: set[str] = set()
    for name in ("worker", "media"):
        command = compose["services"][name]["command"]
        served |= set(command[command.index("-Q") + 1].split(","))
    assert served == routed


def test_a_worker_gets_the_time_that_a_task_may_take(compose: Any, settings: Any) -> None:
    minutes = int(compose["services"]["media"]["stop_grace_period"].removesuffix("m"))
    assert minutes * 60 > settings.CELERY_TASK_TIME_LIMIT


def docker_lines() -> list[str]:
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_everything_copied_into_the_image_exists() -> None:
    for line in docker_lines():
        if line.startswith("COPY ") and "--from" not in line:
            *sources, _target = line.split()[1:]
            assert [name for name in sources if not (ROOT / name).exists()] == [], line


def test_every_stage_named_is_there_and_every_image_has_its_version() -> None:
    stages: list[str] = []
    for line in docker_lines():
        if line.startswith("FROM "):
            _from, image, _as, name = line.split()
            assert ":" in image
            assert not image.endswith(":latest")
            stages.append(name)
        for source in re.findall(r"--from=(\S+)", line):
            assert source in stages
    assert {"web", "nginx"} <= set(stages)


def test_the_process_is_nobody_and_its_packages_are_the_locked_ones() -> None:
    text = (ROOT / "Dockerfile").read_text()
    web = text[text.index("AS web") : text.index("AS nginx")]
    assert re.search(r"^USER (?!root)\w+$", web, re.MULTILINE)
    assert "--require-hashes -r requirements/run.txt" in text
    assert "collectstatic" in text


def test_what_is_private_stays_out_of_the_image() -> None:
    left_out = (ROOT / ".dockerignore").read_text().split()
    assert {".git", "var", ".env", ".venv", "node_modules"} <= set(left_out)
