"""What a domain may be called, and which records point it here: pure functions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9-]{0,61}[a-z0-9])?")
LONGEST = 253
TWO_LEVELS = frozenset({"co", "com", "org", "net", "gov", "ac", "edu", "muni", "k12"})
"""Second levels under a country, as in co.il and com.au: what stands before them is an apex."""
PROOF = "_sevenfold"
LOCAL_SUFFIX = "localhost"


class BadName(ValueError):
    """Write the domain again; ``code`` says why: ``malformed`` or ``ours``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Record:
    """One line to be written where the domain was bought."""

    kind: str
    """CNAME, A or TXT."""
    name: str
    """Relative to the domain that was bought: @, www, _sevenfold.www."""
    value: str


def clean_host(typed: str) -> str:
    """Return what was typed as a host in ASCII; addresses of pages lose all but their host.

    BadName for what is no domain, and for what is the platform's.
    """
    text = typed.strip().lower()
    text = urlsplit(text).netloc if "://" in text else text.partition("/")[0]
    text = text.rpartition("@")[2].partition(":")[0].strip(".")
    try:
        host = text.encode("idna").decode("ascii").lower() if text else ""
    except UnicodeError as error:
        raise BadName("malformed") from error
    labels = host.split(".")
    if len(labels) < 2 or len(host) > LONGEST or not all(map(LABEL.fullmatch, labels)):  # noqa: PLR2004 -- a name and its end
        raise BadName("malformed")
    if labels[-1].isdigit() or "_" in host:
        raise BadName("malformed")
    if is_platforms(host):
        raise BadName("ours")
    return host


def is_platforms(host: str) -> bool:
    """Whether a host is the platform's, or below its name.

    On a developer's machine names end in .localhost; there, www.my-shop.localhost is nobody's.
    """
    if host in settings.PLATFORM_HOSTS:
        return True
    suffix = settings.STORE_HOST_SUFFIX
    if settings.LOCAL and suffix == LOCAL_SUFFIX and host.count(".") > 1:
        return False
    return host == suffix or host.endswith(f".{suffix}")


def proves_itself(host: str) -> bool:
    """Whether a host needs no DNS, because it cannot be reached from any other machine."""
    return bool(settings.LOCAL) and host.endswith(f".{LOCAL_SUFFIX}")


def apex_of(host: str) -> str:
    """Return the domain that was bought, of which ``host`` is one name."""
    labels = host.split(".")
    is_two = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in TWO_LEVELS  # noqa: PLR2004 -- a name and its end
    return ".".join(labels[-3 if is_two else -2 :])


def is_apex(host: str) -> bool:
    """Whether a host is the bought domain itself, where DNS allows no CNAME."""
    return host == apex_of(host)


def proof_name(host: str) -> str:
    """Return the name of the record that says whose a host is."""
    return f"{PROOF}.{host}"


def proof_value(token: str) -> str:
    """Return what that record says."""
    return f"sevenfold={token}"


def records_for(host: str, *, token: str, target: str) -> list[Record]:
    """Return the records a host needs: one that leads here, and one that proves whose it is."""
    apex = apex_of(host)
    own = "@" if host == apex else host.removesuffix(f".{apex}")
    proof = PROOF if own == "@" else f"{PROOF}.{own}"
    addresses = settings.DOMAIN_ADDRESSES if own == "@" else []
    leads = [Record("AAAA" if ":" in each else "A", own, each) for each in addresses]
    if not leads:
        leads = [Record("ALIAS" if own == "@" else "CNAME", own, target)]
    return [*leads, Record("TXT", proof, proof_value(token))]
