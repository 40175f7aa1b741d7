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

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class CannotPublish(ProductError):
    """Do first what the sentences say."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


class CannotMoveOpening(ProductError):
    """Choose another moment, or leave it: the sentence says why."""

    def __init__(self, sentence: object) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


class CannotJoin(ProductError):
    """There is no such list now: the product is on sale, or no longer sold."""


class CannotDelete(ProductError):
    """Take it off sale instead, or do first what the sentence says."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class CannotReplace(ProductError):
    """Choose another product, or another choice for its buyers; the sentence says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
