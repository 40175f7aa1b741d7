"""Django's PostgreSQL, whose pool gets over a restart of the server."""
