"""What can go wrong in the catalogue, named by what to do next."""


class ProductError(Exception):
    """Base of the errors of this app."""


class NotSellable(ProductError):
    """Choose something else: this price cannot be bought now."""

    def __init__(self, sentence: object, next_url: str = "") -> None:
        super().__init__(str(sentence))
        self.sentence = sentence
        self.next_url = next_url


class SoldOut(NotSellable):
    """Choose something else: no place or copy is left."""


class PriceIsFrozen(ProductError):
    """Make a new price: this one was sold and never changes."""


class BundleLoops(ProductError):
    """Take something out: a bundle would include itself, or nest too deep."""


class CannotPublish(ProductError):
    """Do first what the sentences say."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences
