"""What Lighthouse says of the shop on a phone: ``python -m bench.lighthouse [--rounds N] [PAGE…]``.

The server is the one of production (bench/production.py) behind nginx with the lines of deploy/,
and the shops are those of the demo, one in Hebrew and one in English. Throttling is simulated, and
the median of some rounds counts. With --reports=FOLDER the last report of each page stays there.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import sync_playwright

from bench.measuring import ROUNDS
from tests.content.webserver import Nginx, nginx_before
from tests.plugins.tools import find_browser, nginx_program
from tests.work.servers import Server, free_port

ROOT = Path(__file__).resolve().parent.parent
LIGHTHOUSE = ROOT / "node_modules" / "lighthouse" / "cli" / "index.js"
LEAST = 95
ALWAYS = ("performance", "accessibility", "best-practices")
FOUND_BY_ENGINES = ("home", "product")
"""Pages of which what search engines need is asked too."""
CHROME = ("--headless=new", "--no-sandbox", "--ignore-certificate-errors", "--disable-gpu")
PATIENCE = 300
TRIES = 3
"""On a busy machine Lighthouse now and then sees nothing of a page, and says so."""


@dataclass(frozen=True)
class Page:
    """One page of one shop, as somebody sees it."""

    shop: str
    name: str
    url: str
    profile: str = ""
    """The folder of a browser in which somebody is signed in; nothing for a visitor."""

    @property
    def asked(self) -> tuple[str, ...]:
        """The categories that are promised of it."""
        return (*ALWAYS, "seo") if self.name in FOUND_BY_ENGINES else ALWAYS

    def __str__(self) -> str:
        return f"{self.shop} {self.name}"


@contextmanager
def served() -> Iterator[list[Page]]:
    """Make the shops in a folder of their own and serve them; return the pages to look at."""
    with tempfile.TemporaryDirectory(prefix="lighthouse-") as folder:
        room, port = Path(folder), free_port()
        nginx = nginx_before(f"http://127.0.0.1:{port}", room / "private", room, "localhost")
        own = {
            "BENCH_ROOM": folder,
            "DJANGO_SETTINGS_MODULE": "bench.production",
            "PLATFORM_ORIGIN": f"https://localhost:{nginx.server.port}",
            "SECRET_KEY": secrets.token_urlsafe(60),
        }
        os.environ |= own
        pages = _furnish(nginx)
        command = [sys.executable, "deploy/web.py", "--port", str(port)]
        web = Server(command, room / "web.log", port, cwd=ROOT)
        web.start()
        nginx.server.start()
        try:
            yield pages
        finally:
            nginx.server.kill()
            web.kill()


def _furnish(nginx: Nginx) -> list[Page]:
    """Make the tables, the demo's shops, a reader in each, and the files that are served."""
    import django

    django.setup()
    from django.core.management import call_command

    from payments.services.demo.stores import STORES, make_demo_stores

    call_command("migrate", run_syncdb=True, skip_checks=True, verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", "--no-input", verbosity=0)
    stores = make_demo_stores()
    return [
        page
        for demo, store in zip(STORES, stores, strict=True)
        for page in _pages(store, f"https://{demo.label}.localhost:{nginx.server.port}")
    ]


def _pages(store: Any, origin: str) -> Iterator[Page]:
    from access.contract import Source
    from access.services.granting import grant
    from accounts.models import Customer, User
    from content.tasks import stamp
    from core import clock
    from products.models import Part, Price
    from stores.scope import store_scope

    with store_scope(store):
        sampled = Part.objects.published().filter(preview=True).values("product")
        price = Price.objects.filter(
            product__in=sampled, product__opens_at=None, amount__gt=0, position=0
        ).first()
        assert price is not None
        user = User.objects.create_user(f"charlie-{store.pk}@example.com")
        reader = Customer.objects.create(user=user, name="Charlie", language=store.language)
        now = clock.now()
        source = Source("bench", "1")
        grant(reader, product=price.product, source=source, starts_at=now, now=now)
        book = price.product.parts.filter(preview=False).first()
        assert book is not None
        reading = f"/read/{book.public_id}/"
        product = f"/p/{price.product.slug}/"
    stamp()
    profile = _signed_in(user, store, origin)
    yield Page(store.language, "home", f"{origin}/")
    yield Page(store.language, "product", origin + product)
    yield Page(store.language, "checkout", f"{origin}/buy/{price.public_id}/")
    yield Page(store.language, "shelf", f"{origin}/shelf/", profile)
    yield Page(store.language, "reader", origin + reading, profile)


def _signed_in(user: Any, store: Any, origin: str) -> str:
    """Make a browser in which somebody is signed in to a store; return its folder.

    A header would not do: what a reader's service worker fetches is sent without it.
    """
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user)
    session = client.session
    session["store"] = store.public_id
    session.save()
    folder = str(Path(os.environ["BENCH_ROOM"]) / f"browser-{store.pk}")
    cookie = {
        "name": settings.SESSION_COOKIE_NAME,
        "value": session.session_key,
        "url": origin,
        "secure": True,
        "expires": time.time() + 86_400,
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(
            folder, executable_path=find_browser(), args=list(CHROME)
        )
        browser.add_cookies([cookie])
        browser.close()
    return folder


def judged(page: Page) -> dict[str, Any]:
    """Return what Lighthouse reports of a page."""
    flags = [*CHROME, *([f"--user-data-dir={page.profile}"] if page.profile else [])]
    command = [
        *("node", str(LIGHTHOUSE), page.url, "--quiet", "--output=json"),
        *("--form-factor=mobile", "--throttling-method=simulate"),
        f"--only-categories={','.join((*ALWAYS, 'seo'))}",
        f"--chrome-flags={' '.join(flags)}",
    ]
    environment = os.environ | {"CHROME_PATH": str(find_browser())}
    for _try in range(TRIES):
        done = subprocess.run(  # noqa: S603 -- our own command
            command, capture_output=True, text=True, check=False, env=environment, timeout=PATIENCE
        )
        if done.returncode == 0:
            report: dict[str, Any] = json.loads(done.stdout)
            return report
    raise RuntimeError(done.stderr)


def scores_of(report: Mapping[str, Any]) -> dict[str, float]:
    """Return each category's score in hundredths; what could not be judged is 0."""
    found = report["categories"]
    return {name: round(100 * (found[name]["score"] or 0)) for name in found}


def complaints(report: Mapping[str, Any], category: str) -> list[str]:
    """Return which audits cost a category something, the heaviest first, with what they found."""
    lost = []
    for each in report["categories"][category]["auditRefs"]:
        audit = report["audits"][each["id"]]
        score = audit.get("score")
        if score is not None and score < 1 and each["weight"]:
            missing = (1 - score) * each["weight"]
            lost.append((missing, f"{each['id']}: {audit.get('displayValue') or audit['title']}"))
    return [told for _missing, told in sorted(lost, reverse=True)]


def main() -> None:
    """Measure and print, and say by the exit whether every page is good enough."""
    parser = argparse.ArgumentParser(prog="python -m bench.lighthouse")
    parser.add_argument("pages", nargs="*", metavar="PAGE", help="only these: home, product, …")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--reports", type=Path)
    asked = parser.parse_args()
    if not (nginx_program() and find_browser() and LIGHTHOUSE.exists()):
        print("nginx, Chromium or Lighthouse is missing: its scores are left out")
        sys.exit(0)
    scores: dict[Page, list[dict[str, float]]] = defaultdict(list)
    reports: dict[Page, dict[str, Any]] = {}
    with served() as pages:
        chosen = [page for page in pages if not asked.pages or page.name in asked.pages]
        for _round in range(asked.rounds):
            for page in chosen:
                reports[page] = judged(page)
                scores[page].append(scores_of(reports[page]))
                print(f"{page!s:14} {scores[page][-1]}", flush=True)
    speeds = [report["environment"]["benchmarkIndex"] for report in reports.values()]
    print(f"the machine's speed, as Lighthouse reckons it: {min(speeds):.0f} to {max(speeds):.0f}")
    held = [_tell(page, scores[page], reports[page], asked.reports) for page in chosen]
    sys.exit(not all(held))


def _tell(
    page: Page, scores: list[dict[str, float]], report: Mapping[str, Any], folder: Path | None
) -> bool:
    """Print a page's medians, and where one is too low what costs it; return whether none is."""
    found = {name: median(each[name] for each in scores) for name in scores[0]}
    low = [name for name in page.asked if found[name] < LEAST]
    told = "   ".join(f"{name} {score:3.0f}" for name, score in found.items())
    print(f"{page!s:14} {told}   {'not held' if low else 'held'}, promised {LEAST}", flush=True)
    for name in low:
        for line in complaints(report, name):
            print(f"{'':14} {name}: {line}")
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{page.shop}-{page.name}.json").write_text(json.dumps(report))
    return not low


if __name__ == "__main__":
    main()
