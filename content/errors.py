"""What can go wrong with a file or a place, named by what to do next."""

from collections.abc import Sequence


class ContentError(Exception):
    """Base of the errors of this app."""


class UnsatisfiableRange(ContentError):
    """Ask again from the start: the file ends before what was asked for (RFC 9110, 14.2)."""


class BadPlace(ContentError):
    """Send a place as the reader makes it: a small object and a fraction between 0 and 1."""


class BadUpload(ContentError):
    """Say the sentence of ``code``, and send the parts in ``again`` once more."""

    def __init__(self, code: str, *, again: tuple[int, ...] = (), **detail: int | str) -> None:
        super().__init__(code)
        self.code = code
        self.again = again
        self.detail = detail


class BadNote(ContentError):
    """Send a note as the reader makes it: its kind, where it stands, and no more than fits."""


class TooManyNotes(ContentError):
    """Take some out first: no reader shows, and no list holds, that many in one part."""


class CannotSendOut(ContentError):
    """Do first what the sentences say."""

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


class BadChapters(ContentError):
    """Write a time and a title on each line; ``code`` and ``number`` say which line is wrong."""

    def __init__(self, code: str, *, number: int) -> None:
        super().__init__(code)
        self.code = code
        self.number = number


class NotWhole(ContentError):
    """End it here: what follows may not be given any more, or is not what was announced."""


class CannotSend(ContentError):
    """Say the sentence of ``code``: content.views.sending knows them."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class BadCaptions(ContentError):
    """Say the sentence of ``code``; ``number`` says which line is wrong, where one is."""

    def __init__(self, code: str, *, number: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.number = number
