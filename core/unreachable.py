"""What a lost Redis raises, asked only once something was raised.

Where there is no Redis, its library is never loaded.
"""

from __future__ import annotations


def lost_redis() -> type[Exception]:
    """Return the error of the Redis client, for an ``except``."""
    from redis.exceptions import RedisError  # late: see above

    return RedisError
