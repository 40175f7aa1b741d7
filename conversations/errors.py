"""What can keep a conversation from going on."""


class ConversationsError(Exception):
    """Base of the app's errors."""


class TooMany(ConversationsError):
    """More was written from one place in a day than anybody writes: try again later."""


class TooLate(ConversationsError):
    """The answer left already, so it cannot be taken back."""


class FileRefused(ConversationsError):
    """A file that is not sent along; `sentence` says which, and why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
