"""The PostgreSQL that the marked tests use, when one answers."""

import os

import psycopg

USUAL = "postgres://postgres@127.0.0.1:5432/sevenfold"


def test_database() -> str | None:
    """Return the address to test on: the environment's or the usual one, when it answers."""
    address = os.environ.get("TEST_DATABASE_URL", USUAL)
    server = address.rsplit("/", 1)[0]
    try:
        with psycopg.connect(f"{server}/postgres", connect_timeout=3):
            return address
    except psycopg.OperationalError:
        return None
