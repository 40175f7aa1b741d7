"""Django's SQLite, which writes each statement in SQLite's own words once."""
