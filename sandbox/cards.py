"""The test cards: what each does, by Stripe's numbers and by Stripe's names for them."""

from __future__ import annotations

from typing import NamedTuple


class Refusal(NamedTuple):
    """Why a card was declined."""

    code: str
    decline_code: str
    message: str


GENERIC = Refusal("card_declined", "generic_decline", "Your card was declined.")
NO_FUNDS = Refusal("card_declined", "insufficient_funds", "Your card has insufficient funds.")
EXPIRED = Refusal("expired_card", "expired_card", "Your card has expired.")
WRONG_CODE = Refusal("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect.")
BROKEN = Refusal(
    "processing_error",
    "processing_error",
    "An error occurred while processing your card. Try again in a little bit.",
)
UNKNOWN = Refusal("incorrect_number", "incorrect_number", "Your card number is incorrect.")


class Card(NamedTuple):
    """One test card. `tells` is its line on the hosted page, a key of the pages' words."""

    number: str
    name: str
    brand: str = "visa"
    refusal: Refusal | None = None
    asks_authentication: bool = False
    is_disputed: bool = False
    refund: str = "succeeded"  # what becomes of refunds: succeeded, pending, failed
    attaches: bool = True
    tells: str = ""

    @property
    def last4(self) -> str:
        """The four digits that are shown."""
        return self.number[-4:]

    @property
    def spaced(self) -> str:
        """The number as it is printed on a card."""
        return " ".join(self.number[i : i + 4] for i in range(0, len(self.number), 4))


CARDS = (
    Card("4242424242424242", "pm_card_visa", tells="pays"),
    Card(
        "4000000000000002",
        "pm_card_chargeDeclined",
        refusal=GENERIC,
        attaches=False,
        tells="declined",
    ),
    Card(
        "4000000000009995",
        "pm_card_chargeDeclinedInsufficientFunds",
        refusal=NO_FUNDS,
        attaches=False,
        tells="no_funds",
    ),
    Card(
        "4000002760003184",
        "pm_card_authenticationRequired",
        asks_authentication=True,
    ),
    Card(
        "4000002500003155",
        "pm_card_authenticationRequiredOnSetup",
        asks_authentication=True,
        tells="asks",
    ),
    Card("4000000000000341", "pm_card_chargeCustomerFail", refusal=GENERIC, tells="fails_later"),
    Card("4000000000000259", "pm_card_createDispute", is_disputed=True, tells="disputed"),
    Card("4000000000007726", "pm_card_pendingRefund", refund="pending", tells="refund_waits"),
    Card("4000000000005126", "pm_card_refundFail", refund="failed", tells="refund_fails"),
    Card("5555555555554444", "pm_card_mastercard", brand="mastercard"),
    Card(
        "4000000000000069",
        "pm_card_chargeDeclinedExpiredCard",
        refusal=EXPIRED,
        attaches=False,
    ),
    Card(
        "4000000000000127",
        "pm_card_chargeDeclinedIncorrectCvc",
        refusal=WRONG_CODE,
        attaches=False,
    ),
    Card(
        "4000000000000119",
        "pm_card_chargeDeclinedProcessingError",
        refusal=BROKEN,
        attaches=False,
    ),
)
BY_NUMBER = {card.number: card for card in CARDS}
BY_NAME = {card.name: card for card in CARDS} | {"tok_visa": CARDS[0]}


def by_number(number: str) -> Card | None:
    """Return the test card with this number, however it is spaced."""
    return BY_NUMBER.get("".join(c for c in number if c.isdigit()))
