"""The test cards: what each does, by Stripe's numbers and by Stripe's names for them."""

from __future__ import annotations

from typing import NamedTuple

ASKS_ALWAYS = "always"
ASKS_UNTIL_SET_UP = "until set up"  # on session, and off session until it was kept for that
ASKS_ON_SESSION = "on session"  # as if it had been kept for later before


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
LOST = Refusal("card_declined", "lost_card", "Your card was declined.")
STOLEN = Refusal("card_declined", "stolen_card", "Your card was declined.")
TOO_OFTEN = Refusal(
    "card_declined",
    "card_velocity_exceeded",
    "Your card was declined for making repeated attempts too frequently or exceeding its amount"
    " limit.",
)
ASKS = Refusal(
    "authentication_required",
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
)
REFUSALS = {
    one.decline_code: one
    for one in (GENERIC, NO_FUNDS, EXPIRED, WRONG_CODE, BROKEN, LOST, STOLEN, TOO_OFTEN, ASKS)
}


class Card(NamedTuple):
    """One test card. `tells` is its line on the hosted page, a key of the pages' words.

    `disputes` is the reason of the dispute that follows a payment; an inquiry takes no money yet.
    """

    number: str
    name: str
    brand: str = "visa"
    refusal: Refusal | None = None
    asks: str = ""
    disputes: str = ""
    is_inquiry: bool = False
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
        asks=ASKS_ALWAYS,
        tells="asks_always",
    ),
    Card(
        "4000002500003155",
        "pm_card_authenticationRequiredOnSetup",
        asks=ASKS_UNTIL_SET_UP,
        tells="asks",
    ),
    Card(
        "4000003800000446",
        "pm_card_authenticationRequiredSetupForOffSession",
        asks=ASKS_ON_SESSION,
    ),
    Card(
        "4000008260003178",
        "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",
        asks=ASKS_ON_SESSION,
        refusal=NO_FUNDS,
    ),
    Card("4000000000003220", "pm_card_threeDSecure2Required", asks=ASKS_ALWAYS),
    Card("4000000000000341", "pm_card_chargeCustomerFail", refusal=GENERIC, tells="fails_later"),
    Card("4000000000000259", "pm_card_createDispute", disputes="fraudulent", tells="disputed"),
    Card(
        "4000000000002685",
        "pm_card_createDisputeProductNotReceived",
        disputes="product_not_received",
    ),
    Card(
        "4000000000001976",
        "pm_card_createDisputeInquiry",
        disputes="fraudulent",
        is_inquiry=True,
        tells="inquiry",
    ),
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
    Card(
        "4000000000009987",
        "pm_card_visa_chargeDeclinedLostCard",
        refusal=LOST,
        attaches=False,
    ),
    Card(
        "4000000000009979",
        "pm_card_visa_chargeDeclinedStolenCard",
        refusal=STOLEN,
        attaches=False,
    ),
    Card(
        "4000000000006975",
        "pm_card_visa_chargeDeclinedVelocityLimitExceeded",
        refusal=TOO_OFTEN,
        attaches=False,
    ),
)
BY_NUMBER = {card.number: card for card in CARDS}
BY_NAME = {card.name: card for card in CARDS} | {
    "tok_visa": CARDS[0],
    "pm_card_visa_chargeDeclined": BY_NUMBER["4000000000000002"],
    "pm_card_visa_chargeDeclinedInsufficientFunds": BY_NUMBER["4000000000009995"],
}


def by_number(number: str) -> Card | None:
    """Return the test card with this number, however it is spaced."""
    return BY_NUMBER.get("".join(c for c in number if c.isdigit()))
