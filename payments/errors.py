"""What can go wrong with money, named by what to do next."""


class PaymentError(Exception):
    """Base of the errors of this app; ``sentence`` can be shown."""

    def __init__(self, sentence: object) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


class TryLater(PaymentError):
    """Nothing is decided: the same thing may be tried again, and will be by the reconciler."""


class Unanswered(TryLater):
    """A call to Stripe got no answer: it may have acted or not, so it is repeated with its key."""

    def __init__(self, sentence: object, *, wants_new_key: bool = False) -> None:
        super().__init__(sentence)
        self.wants_new_key = wants_new_key


class Refused(PaymentError):
    """Somebody must act: Stripe says no, and will say so again."""

    def __init__(self, sentence: object, code: str = "") -> None:
        super().__init__(sentence)
        self.code = code


class CannotCharge(PaymentError):
    """Somebody must act: this store cannot take money yet."""


class CouponRefused(PaymentError):
    """Change the input: this code is not good here and now."""


class AmountRefused(PaymentError):
    """Change the input: this is not an amount that can be paid."""


class SumChanged(PaymentError):
    """Look again: the basket costs something else than the page said."""


class CannotGive(PaymentError):
    """Change the input, or let go: this gift cannot be made, changed or claimed so."""


class CannotRefund(PaymentError):
    """Change the input: this cannot be given back."""


class CannotAnswer(PaymentError):
    """Look again: this dispute takes no answer any more."""


class CannotMove(PaymentError):
    """Change the input: this cannot go to that address, or not any more."""


class CannotCancel(PaymentError):
    """Change the input, or look again: this cannot be cancelled, undone or answered now."""


class CannotChange(PaymentError):
    """Change the input, or look again: a subscription cannot be changed so, or not now."""


class CannotIssue(PaymentError):
    """Somebody must act: this document cannot be issued, or not now."""


class CannotMend(PaymentError):
    """Somebody must act: no function of ours makes this right."""


class NotOurs(Refused):
    """Let go: Stripe has no such object, or none of our rows is about it."""


class BadSignature(PaymentError):
    """Refuse: this did not come from Stripe, or not now."""


class CannotRead(PaymentError):
    """Change the input: this file is no table of people."""


class CannotRenew(PaymentError):
    """Look again: this letter's button does nothing any more."""
