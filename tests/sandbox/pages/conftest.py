"""A customer's browser, as far as the pages need one: no script, no redirects followed."""

from __future__ import annotations

import re
from html import unescape

import pytest
import requests

from sandbox.testing import LiveSandbox


class Browser:
    """Gets and posts; paths are of the sandbox."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.headers = {"Accept-Language": "en"}

    def get(self, path: str) -> requests.Response:
        where = path if path.startswith("http") else self.url + path
        return requests.get(where, headers=self.headers, allow_redirects=False, timeout=10)

    def post(self, path: str, /, **form: str) -> requests.Response:
        where = path if path.startswith("http") else self.url + path
        headers = {**self.headers, "Origin": self.url}
        return requests.post(where, data=form, headers=headers, allow_redirects=False, timeout=10)


@pytest.fixture
def browser(sandbox: LiveSandbox) -> Browser:
    return Browser(sandbox.url)


def text_of(page: requests.Response) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", page.text))
