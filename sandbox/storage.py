"""One SQLite file with everything the sandbox remembers."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import NamedTuple

from sandbox.wire import Json

TABLES = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    type TEXT NOT NULL,
    id TEXT NOT NULL,
    created INTEGER NOT NULL,
    body TEXT NOT NULL,
    private TEXT NOT NULL,
    UNIQUE (account, id)
);
CREATE INDEX IF NOT EXISTS objects_of_type ON objects (account, type, seq);
CREATE INDEX IF NOT EXISTS objects_by_time ON objects (account, type, created, seq);
CREATE TABLE IF NOT EXISTS answers (
    account TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    status INTEGER,
    body TEXT,
    PRIMARY KEY (account, key)
);
CREATE TABLE IF NOT EXISTS jobs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    target TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS jobs_due ON jobs (at);
CREATE TABLE IF NOT EXISTS deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    event TEXT NOT NULL,
    type TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at REAL NOT NULL,
    status INTEGER,
    error TEXT NOT NULL DEFAULT ''
);
"""
NAMES = ("meta", "objects", "answers", "jobs", "deliveries")


class Row(NamedTuple):
    """One stored object: what the API shows and what only the sandbox knows."""

    seq: int
    account: str
    body: Json
    private: Json


class Storage:
    """A file (or memory) that one thread at a time works on, one transaction each."""

    def __init__(self, path: str = ":memory:") -> None:
        self.lock = RLock()
        self._depth = 0
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.executescript(TABLES)

    def close(self) -> None:
        """Let go of the file."""
        with self.lock:
            self._connection.close()

    def clear(self) -> None:
        """Forget everything."""
        with self.transaction():
            for name in NAMES:
                self._connection.execute(f"DELETE FROM {name}")  # noqa: S608  our own names

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold everybody else off; commit what the outermost block did, or undo it."""
        with self.lock:
            if self._depth == 0:
                self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._connection.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._connection.execute("COMMIT")

    def run(self, sql: str, *values: object) -> int:
        """Execute and return how many rows changed."""
        with self.lock:
            return self._connection.execute(sql, values).rowcount

    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """Return all rows of a query."""
        with self.lock:
            return self._connection.execute(sql, values).fetchall()

    def insert(self, account: str, body: Json, private: Json) -> None:
        """Store a new object."""
        self.run(
            "INSERT INTO objects (account, type, id, created, body, private)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            account,
            body["object"],
            body["id"],
            body.get("created", body.get("start", body.get("date"))),
            json.dumps(body),
            json.dumps(private),
        )

    def update(self, account: str, body: Json, private: Json) -> None:
        """Replace a stored object."""
        self.run(
            "UPDATE objects SET body = ?, private = ? WHERE account = ? AND id = ?",
            json.dumps(body),
            json.dumps(private),
            account,
            body["id"],
        )

    def find(self, account: str, identity: str) -> Row | None:
        """Return the account's object with this id, if there is one."""
        found = self.rows("SELECT * FROM objects WHERE account = ? AND id = ?", account, identity)
        return _row(found[0]) if found else None

    def anywhere(self, identity: str) -> Row | None:
        """Return the object with this id, of whatever account."""
        found = self.rows("SELECT * FROM objects WHERE id = ?", identity)
        return _row(found[0]) if found else None

    def select(self, where: str, *values: object, limit: int = -1) -> list[Row]:
        """Return objects, as ordered by the end of `where`."""
        query = f"SELECT * FROM objects WHERE {where} LIMIT ?"  # noqa: S608  written by us alone
        return [_row(row) for row in self.rows(query, *values, limit)]

    def meta(self, name: str, default: str = "") -> str:
        """Return a remembered setting."""
        found = self.rows("SELECT value FROM meta WHERE name = ?", name)
        return str(found[0]["value"]) if found else default

    def set_meta(self, name: str, value: str) -> None:
        """Remember a setting."""
        self.run("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", name, value)


def _row(row: sqlite3.Row) -> Row:
    return Row(row["seq"], row["account"], json.loads(row["body"]), json.loads(row["private"]))
