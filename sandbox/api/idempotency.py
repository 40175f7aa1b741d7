"""Idempotency keys: the same key and request get the same answer, for ever."""

from __future__ import annotations

import hashlib
import json
from typing import NamedTuple

from sandbox.errors import Conflict, InvalidRequest, KeyReused
from sandbox.storage import Storage
from sandbox.wire import Json, Request

LONGEST = 255


class Remembered(NamedTuple):
    """An answer given before."""

    status: int
    body: Json


class Keys:
    """The keys of one account. A key is claimed first, then answered or let go."""

    def __init__(self, storage: Storage, account: str) -> None:
        self.storage = storage
        self.account = account

    def claim(self, key: str, request: Request) -> Remembered | None:
        """Take the key for this request; return the answer if it has been given already.

        Raises Conflict while the first request is still at work, KeyReused when the key came
        with another request.
        """
        if len(key) > LONGEST:
            raise InvalidRequest(f"Idempotency keys can have up to {LONGEST} characters.")
        fingerprint = _fingerprint(request)
        with self.storage.transaction():
            found = self.storage.rows(
                "SELECT * FROM answers WHERE account = ? AND key = ?", self.account, key
            )
            if not found:
                self.storage.run(
                    "INSERT INTO answers (account, key, fingerprint) VALUES (?, ?, ?)",
                    self.account,
                    key,
                    fingerprint,
                )
                return None
        answer = found[0]
        if answer["fingerprint"] != fingerprint:
            raise KeyReused(
                "Keys for idempotent requests can only be used with the same parameters they were"
                f" first used with. Try using a key other than '{key}' if you meant to execute a"
                " different request.",
                code="idempotency_key_reused",
            )
        if answer["status"] is None:
            raise Conflict(
                "There is currently another in-progress request using this Idempotent Key (that"
                " probably means you submitted twice, and the other request is still going"
                f" through): {key}. Please try again later.",
                code="idempotency_key_in_use",
            )
        return Remembered(answer["status"], json.loads(answer["body"]))

    def answered(self, key: str, status: int, body: Json) -> None:
        """Remember the answer; to be called in the transaction that did the deed."""
        self.storage.run(
            "UPDATE answers SET status = ?, body = ? WHERE account = ? AND key = ?",
            status,
            json.dumps(body),
            self.account,
            key,
        )

    def let_go(self, key: str) -> None:
        """Forget a key whose request did nothing."""
        self.storage.run(
            "DELETE FROM answers WHERE account = ? AND key = ? AND status IS NULL",
            self.account,
            key,
        )


def forget_unanswered(storage: Storage) -> None:
    """Let go of the keys that were being worked on when the sandbox was killed."""
    storage.run("DELETE FROM answers WHERE status IS NULL")


def _fingerprint(request: Request) -> str:
    whole = b"\0".join((request.method.encode(), request.path.encode(), request.body))
    return hashlib.sha256(whole).hexdigest()
