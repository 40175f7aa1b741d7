"""What can go wrong with posting, named by what to do next."""


class ShippingError(Exception):
    """Base of the errors of this app; ``sentence`` can be shown."""

    def __init__(self, sentence: object) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


class NotPosted(ShippingError):
    """Choose another place: the shop does not post there, or was not told where to."""


class CannotChange(ShippingError):
    """Look again: this parcel is somewhere else already."""
