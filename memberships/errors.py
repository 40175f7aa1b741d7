"""What cannot be done with a month, said to whoever makes the club."""

from __future__ import annotations


class ClubError(Exception):
    """The base; ``sentence`` says what to do next."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotReady(ClubError):
    """The month lacks something before it can be given out."""


class AlreadyTold(ClubError):
    """Members know of the month, so it is not taken back."""
