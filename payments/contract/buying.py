"""What is bought and what it costs, and what a way of taking money must do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from accounts.models import Customer
    from payments.models import Coupon, Order, Refund
    from products.contract import Option
    from products.models import Price
    from shipping.contract import Destination


@dataclass(frozen=True)
class Buyer:
    """Who buys: an address and a name, and the customer when somebody is signed in."""

    email: str
    name: str
    language: str
    customer: Customer | None = None
    business: Mapping[str, str] = field(default_factory=dict)
    """The columns of Order that say for which business it is bought."""
    source: str = ""
    """Where the link was put that brought them (``?from=whatsapp``); see payments.rules."""


@dataclass(frozen=True)
class Consents:
    """What was ticked at checkout beside the terms: consents by key, and one reminder's leave."""

    given: tuple[str, ...] = ()
    may_remind: bool = False


NO_CONSENTS = Consents()
NEWS = "news"
"""The key under which an order keeps the yes to news, until there is a customer who said it."""


@dataclass(frozen=True)
class GiftWish:
    """For whom something is bought; ``deliver_at`` empty is at once, ``to_email`` empty no mail."""

    from_name: str
    to_name: str
    to_email: str = ""
    message: str = ""
    deliver_at: datetime | None = None


@dataclass(frozen=True)
class Twice:
    """What becomes of the subscriptions to what a purchase includes: their public ids."""

    stop: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values; nothing where nothing was to be chosen."""
        if not (self.stop or self.keep):
            return {}
        return {"stop": sorted(self.stop), "keep": sorted(self.keep)}

    @classmethod
    def from_json(cls, plain: Mapping[str, Any] | None) -> Twice:
        """Return what ``as_json`` wrote."""
        plain = plain or {}
        return cls(tuple(plain.get("stop", ())), tuple(plain.get("keep", ())))

    def choice_of(self, public_id: str) -> str:
        """Return what was chosen for a subscription; empty where its owner was not asked."""
        return "stop" if public_id in self.stop else "keep" if public_id in self.keep else ""


NOTHING_TWICE = Twice()


@dataclass(frozen=True)
class Basket:
    """What was chosen on a checkout page. Amounts are in minor units."""

    price: Price
    chosen: int | None = None
    """What the buyer wants to pay, where the price leaves it to them."""
    extras: tuple[str, ...] = ()
    """The public ids of prices taken beside it."""
    coupon: str = ""
    gift: GiftWish | None = None
    way: str = ""
    """The public id of one of the store's own ways to be paid; empty for a card."""
    destination: Destination | None = None
    """Where what is posted goes; empty where nothing is, or nobody said yet."""
    twice: Twice = NOTHING_TWICE
    seats: int = 1
    """For how many places, where the price is a team's."""

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values: kept on the order, and compared to tell two baskets apart."""
        gift = self.gift and {
            "from_name": self.gift.from_name,
            "to_name": self.gift.to_name,
            "to_email": self.gift.to_email,
            "message": self.gift.message,
            "deliver_at": self.gift.deliver_at.isoformat() if self.gift.deliver_at else "",
        }
        return {
            "price": self.price.public_id,
            "chosen": self.chosen,
            "extras": sorted(self.extras),
            "coupon": self.coupon,
            "gift": gift,
            "way": self.way,
            **({"seats": self.seats} if self.price.is_team else {}),
            **({"shipping": self.destination.as_json()} if self.destination else {}),
            **({"twice": self.twice.as_json()} if self.twice.as_json() else {}),
        }


@dataclass(frozen=True)
class QuotedLine:
    """One line of a quote, in minor units."""

    price: Price
    amount: int
    discount: int = 0
    tax: int = 0
    quantity: int = 1
    is_extra: bool = False
    shipping: int = 0
    """Its part of what posting costs, which no coupon lowers."""
    option: Option | None = None
    charges: int = 0
    """In how many monthly charges it is paid, ``amount`` being the first; 0 where it is one."""
    later: int = 0
    """What each of the later charges costs, with tax on top."""
    trial_days: int = 0
    """For how many days nothing is paid; ``amount`` is then nothing, and the price comes after."""

    @property
    def goods(self) -> int:
        """What the thing itself costs, without posting it and without tax on top."""
        return self.amount * self.quantity - self.discount

    @property
    def total(self) -> int:
        """What the line costs in the end."""
        return self.goods + self.shipping + self.tax

    @property
    def is_posted(self) -> bool:
        """Whether a copy of it is posted or picked up."""
        return self.option is not None and self.option.is_posted


@dataclass(frozen=True)
class Quote:
    """What a basket costs now, derived on the server; the order's lines are its snapshot."""

    lines: tuple[QuotedLine, ...]
    currency: str
    coupon: Coupon | None = None

    @property
    def total(self) -> int:
        """What is to be paid."""
        return sum(line.total for line in self.lines)

    @property
    def discount(self) -> int:
        """What the coupon takes off."""
        return sum(line.discount for line in self.lines)

    @property
    def shipping(self) -> int:
        """What posting costs."""
        return sum(line.shipping for line in self.lines)

    @property
    def is_posted(self) -> bool:
        """Whether anything of it is posted or picked up."""
        return any(line.is_posted for line in self.lines)

    @property
    def returns(self) -> bool:
        """Whether something of it is paid again and again."""
        return any(line.price.kind == "subscription" for line in self.lines)

    @property
    def is_charged_later(self) -> bool:
        """Whether a card is charged after today: again and again, or in monthly charges."""
        return self.returns or any(line.charges for line in self.lines)

    @property
    def tax(self) -> int:
        """What tax adds on top."""
        return sum(line.tax for line in self.lines)


class Provider(Protocol):
    """A way of taking money. Its calls leave the house: never inside a transaction."""

    def open_checkout(self, order: Order, now: datetime) -> str:
        """Return the address of the page where the order is paid; the same one when asked again.

        Raises TryLater when there was no answer and Refused when there will be none.
        """

    def sync(self, order: Order, now: datetime) -> None:
        """Make our rows agree with what the provider says now."""

    def refund(self, refund: Refund, now: datetime) -> None:
        """Send the money of a refund that is already written down; may be called again."""
