"""What DNS says of a host, asked through dnspython; tests put their own answers in its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from stores.services.domains.names import proof_name, proof_value

LONGEST_SECONDS = 2.0
Ask = Callable[[str, str], list[str]]
"""(name, kind of record) → what it says; empty when there is none; Unsure when nobody knows."""


class Unsure(Exception):
    """DNS did not answer. Look again later: this says nothing against the domain."""


@dataclass(frozen=True)
class Seen:
    """What a look at a host found."""

    has_proof: bool
    leads_here: bool

    @property
    def problem(self) -> str:
        """What is missing: ``token``, ``address``, or nothing."""
        if not self.has_proof:
            return "token"
        return "" if self.leads_here else "address"


def ask_dns(name: str, kind: str) -> list[str]:
    """Ask the machine's resolver."""
    import dns.exception  # late: only workers and who sets up a domain ask
    import dns.resolver

    try:
        answer = dns.resolver.resolve(name, kind, lifetime=LONGEST_SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError) as error:
        raise Unsure(name) from error
    if kind == "TXT":
        return [b"".join(each.strings).decode("utf-8", "replace") for each in answer]
    return [each.to_text().rstrip(".").lower() for each in answer]


def look(host: str, *, token: str, target: str, ask: Ask = ask_dns) -> Seen:
    """Return whether ``host`` is proved and leads to ``target``, the store's own host; Unsure."""
    return Seen(
        has_proof=proof_value(token) in ask(proof_name(host), "TXT"),
        leads_here=_leads_here(host, target, ask),
    )


def _leads_here(host: str, target: str, ask: Ask) -> bool:
    if target in ask(host, "CNAME"):
        return True
    found = {*ask(host, "A"), *ask(host, "AAAA")}
    ours = set(settings.DOMAIN_ADDRESSES) or {*ask(target, "A"), *ask(target, "AAAA")}
    return bool(found) and found <= ours
