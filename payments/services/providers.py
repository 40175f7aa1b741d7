"""The ways of taking money, by name."""

from payments.contract import Provider
from payments.models import Order, Payment
from payments.services.other_ways import OtherWayProvider
from payments.services.stripe_provider import StripeProvider

PROVIDERS: dict[str, Provider] = {
    Order.Provider.STRIPE: StripeProvider(),
    Order.Provider.TRANSFER: OtherWayProvider(),
}


def provider_of(order: Order) -> Provider:
    """Return who takes an order's money; KeyError for a free one, which calls nobody."""
    return PROVIDERS[order.provider]


def taker_of(payment: Payment) -> Provider:
    """Return who took a payment and so gives it back; an order may have been paid in two ways."""
    return PROVIDERS[payment.provider]
