"""A pooled connection is looked at before it is used, so a restart of PostgreSQL costs no page.

Django can let the pool look (CONN_HEALTH_CHECKS), but the pool waits a second, two, four… after
each dead connection it meets, and after a restart every one it holds is dead.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base
from psycopg import OperationalError
from psycopg_pool import ConnectionPool


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, with a look at what the pool gives."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Return a connection that answers; with the first dead one all dead ones go."""
        connection = super().get_new_connection(conn_params)
        if self.pool is None or _answers(connection):
            return connection
        self.pool.putconn(connection)
        self.pool.check()
        return super().get_new_connection(conn_params)


def _answers(connection: Any) -> bool:
    try:
        ConnectionPool.check_connection(connection)
    except OperationalError:
        return False
    return True
