"""System checks: a deployment that takes money has its keys and its secrets."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

MIN_TOKEN = 16


@register(Tags.security, deploy=True)
def check_stripe(**_options: Any) -> list[CheckMessage]:
    """Refuse to deploy with an empty key or secret, or with the wrong kind of key."""
    problems: list[CheckMessage] = [
        Error(f"{name} is empty.", hint="Set it in the environment.", id=f"payments.E00{number}")
        for number, name in enumerate(
            ("STRIPE_API_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_WEBHOOK_TOKEN"), start=1
        )
        if not getattr(settings, name).strip(" ,")
    ]
    if 0 < len(settings.STRIPE_WEBHOOK_TOKEN) < MIN_TOKEN:
        problems.append(
            Error("STRIPE_WEBHOOK_TOKEN is too short to be secret.", id="payments.E004")
        )
    is_live_key = settings.STRIPE_API_KEY.startswith(("sk_live_", "rk_live_"))
    if settings.STRIPE_API_KEY and is_live_key != settings.STRIPE_LIVEMODE:
        problems.append(
            Error("STRIPE_LIVEMODE does not fit the kind of STRIPE_API_KEY.", id="payments.E005")
        )
    return problems
