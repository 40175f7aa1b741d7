"""A page of every component, in both languages, served with the storefront's own policy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template.loader import render_to_string
from django.test import override_settings
from django.utils import translation

ROOT = Path(__file__).parents[2]
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; script-src 'self'"
WORDS = {
    "he": {
        "kick": "ספר דיגיטלי",
        "title": "התפר הראשון: כל מה שלא אמרו לך על מכונת התפירה שבארון",
        "short": "רוכסן נסתר",
        "lead": "גזרה להדפסה, סרטון מלא ומפגש שאלות. נכנסות מתי שרוצות, יוצאות בשתי לחיצות.",
        "note": "החיוב הבא רק בעוד חודש.",
        "was": "59 \u200f₪",
        "price": "49 \u200f₪",
        "buy": "לקנות ולקרוא",
        "shop": "מהחנות",
        "store": "חוט ומחט",
    },
    "en": {
        "kick": "Ebook",
        "title": "The First Stitch: what nobody told you about the machine in the cupboard",
        "short": "A hidden zip",
        "lead": "A pattern to print, a whole film and a meeting for questions. Leave in two taps.",
        "note": "The next charge is a month away.",
        "was": "₪59",
        "price": "₪49",
        "buy": "Buy and read",
        "shop": "From the shop",
        "store": "Thread & Needle",
    },
}


class Everything(forms.Form):
    """One field of every kind that a storefront uses."""

    name = forms.CharField(help_text="As on the receipt")
    email = forms.EmailField()
    which = forms.ChoiceField(choices=[("a", "Digital"), ("b", "Print")], widget=forms.RadioSelect)
    country = forms.ChoiceField(choices=[("il", "Israel"), ("fr", "France")])
    agreed = forms.BooleanField(label="I agree")
    note = forms.CharField(widget=forms.Textarea, required=False)


def render(language: str, **over: Any) -> str:
    """Return the gallery's HTML in one language, with a form that was filled in wrong."""
    form = Everything({"email": "x"})
    form.add_error(None, "Nothing was saved. What was written is still here.")
    words = WORDS[language]
    look = SimpleNamespace(logo="")
    store = SimpleNamespace(name=words["store"], tagline=words["kick"], look=look)
    context = {"store": store, "words": words, "customer": True, "form": form}
    context["messages"] = [Message(constants.SUCCESS, "Saved.")]
    [templates] = settings.TEMPLATES
    ours = Path(__file__).parent / "templates"
    both = [{**templates, "DIRS": [ours, *templates["DIRS"]]}]
    with override_settings(TEMPLATES=both), translation.override(language):
        return render_to_string("gallery.html", context | over)


@contextmanager
def served(pages: dict[str, str]) -> Iterator[str]:
    """Serve pages and the project's static files on the loopback; yield the address."""

    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, directory=str(ROOT), **kwargs)

        def do_GET(self) -> None:
            page = pages.get(self.path.strip("/"))
            if page is None:
                super().do_GET()
                return
            body = page.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", POLICY)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
