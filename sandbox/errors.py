"""Stripe's errors, as its API words them."""

from __future__ import annotations

from sandbox.wire import Json

ELSEWHERE = "not_in_the_sandbox"


class StripeError(Exception):
    """An answer that is not 200; `keeps_changes` tells that what was written stays written."""

    status = 400
    type = "invalid_request_error"
    keeps_changes = False

    def __init__(self, message: str, *, code: str = "", param: str = "", **more: object) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.param = param
        self.more = more

    def body(self) -> Json:
        """Return the error as Stripe's JSON."""
        said = {"message": self.message, "code": self.code, "param": self.param, **self.more}
        return {"error": {"type": self.type, **{k: v for k, v in said.items() if v}}}


class InvalidRequest(StripeError):
    """The request is wrong and nothing was done."""


class Unauthorized(StripeError):
    """The key is missing or not one for here."""

    status = 401


class CardDeclined(StripeError):
    """The card was refused; the failed attempt is on record."""

    status = 402
    type = "card_error"
    keeps_changes = True


class Forbidden(StripeError):
    """The key may not do this."""

    status = 403


class NotFound(StripeError):
    """There is no such thing, in this account."""

    status = 404


class Conflict(StripeError):
    """The same is being done at this moment; try again."""

    status = 409


class KeyReused(StripeError):
    """An idempotency key came back with another request."""

    type = "idempotency_error"


class TooMany(StripeError):
    """Slow down."""

    status = 429


class Broken(StripeError):
    """The sandbox itself failed, by mistake or on demand."""

    status = 500
    type = "api_error"


def missing(name: str, identity: str, param: str = "id") -> NotFound:
    """Return the error for an object that is not in this account."""
    word = name.rsplit(".", 1)[-1].replace("session", "checkout.session")
    return NotFound(f"No such {word}: '{identity}'", code="resource_missing", param=param)


def required(param: str) -> InvalidRequest:
    """Return the error for a parameter left out."""
    message = f"Missing required param: {param}."
    return InvalidRequest(message, code="parameter_missing", param=param)


def elsewhere(what: str, param: str = "") -> InvalidRequest:
    """Return the error for what Stripe has and the sandbox has not."""
    return InvalidRequest(f"{what} is not in the sandbox.", code=ELSEWHERE, param=param)
