"""What can go wrong with a store, named by what to do next."""


class StoreError(Exception):
    """Base of the errors of this app."""


class HostTaken(StoreError):
    """Choose another address: this one belongs to somebody."""


class StoresDiffer(StoreError):
    """A programming error: rows of two stores were about to be connected."""


class CannotDelete(StoreError):
    """Take away first what stands on it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class CannotRestore(StoreError):
    """Make it anew: it can no longer be brought back as it was."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
