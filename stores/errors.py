"""What can go wrong with a store, named by what to do next."""


class StoreError(Exception):
    """Base of the errors of this app."""


class HostTaken(StoreError):
    """Choose another address: this one belongs to somebody."""


class StoresDiffer(StoreError):
    """A programming error: rows of two stores were about to be connected."""
