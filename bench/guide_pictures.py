"""Take the guide's pictures from a served demo: ``python -m bench.guide_pictures [PORT]``.

Needs ``bin/serve`` running on a fresh demo, the development packages and Debian's Chromium.
"""

from __future__ import annotations

import io
import re
import sys
import time
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

PICTURES = Path(__file__).parents[1] / "docs" / "guide" / "pictures"
SHOPS = {"en": ("crumb", "ruth@example.com"), "he": ("thread", "noa@example.com")}
PAGES = {
    "today": "",
    "which": "products/which/",
    "product": "products/product/",
    "page": "storefront/page/",
    "orders": "payments/order/",
    "inbox": "inbox/",
    "customer": "accounts/customer/",
    "reports": "payments/report/",
}
OPENED = {"product", "page", "customer"}
"""Lists whose first row is what the picture shows."""
WIDTH = 1000
WAIT = 60


def main(port: str) -> None:
    """Take every picture in both languages."""
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as machine:
        browser = machine.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        for language, (shop, email) in SHOPS.items():
            page = browser.new_context(viewport={"width": 1200, "height": 780}).new_page()
            home = f"http://{shop}.localhost:{port}/admin/"
            sign_in(page, home, email, f"http://localhost:{port}/mail/")
            for name, path in PAGES.items():
                page.goto(home + path)
                if name in OPENED:
                    page.locator("main ul.lines a").first.click()
                page.wait_for_load_state("networkidle")
                shown = Image.open(io.BytesIO(page.screenshot()))
                size = (WIDTH, round(shown.height * WIDTH / shown.width))
                shown.resize(size, Image.Resampling.LANCZOS).save(
                    PICTURES / f"{language}-{name}.webp", quality=80, method=6
                )
        browser.close()


def sign_in(page: Page, home: str, email: str, mailbox: str) -> None:
    """Come in by the code that was mailed."""
    reader = page.context.new_page()
    before = code_for(reader, email, mailbox)
    page.goto(home)
    page.locator("input[name=email]").last.fill(email)
    page.locator("main form button:not([name])").first.click()
    page.wait_for_selector("input[name=code]")
    for _second in range(WAIT):
        time.sleep(1)
        if (code := code_for(reader, email, mailbox)) != before:
            break
    else:
        raise SystemExit(f"no code came for {email}")
    reader.close()
    page.fill("input[name=code]", code)
    page.locator("main form:has(input[name=code]) button").first.click()
    page.wait_for_url(home)


def code_for(reader: Page, email: str, mailbox: str) -> str:
    """Return the newest code that was mailed to an address; empty for none."""
    reader.goto(mailbox)
    rows = reader.locator(".mailbox > li", has=reader.locator("b.num"), has_text=email)
    return re.sub(r"\D", "", rows.first.locator("b.num").inner_text()) if rows.count() else ""


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "8000")
