"""A toy eighth format, which exists only in tests: an app like any format's."""
