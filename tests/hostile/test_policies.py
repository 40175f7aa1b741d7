"""Which of the named content policies each address has; a new one is listed here, or fails."""

from __future__ import annotations

import re

import pytest

from core.csp import ADMIN_POLICY, READER_POLICY, STOREFRONT_POLICY
from tests.hostile.conftest import EVERYWHERE, World

NAMED = {
    "storefront": STOREFRONT_POLICY,
    "reader": READER_POLICY,
    "admin": ADMIN_POLICY,
    "framed": STOREFRONT_POLICY | {"frame-ancestors": ["'self'"]},
}
FRAMED = {"admin:stores_look_preview"}
"""The shop itself, shown inside its own admin."""
READER = {"content:read", "content:worker"}
STOREFRONT = {
    *(
        "stores:theme",
        "stores:terms",
        "stores:picture",
        "access:why",
        "access:key",
        "content:place",
    ),
    *("accounts:sign-in", "accounts:code", "accounts:again", "accounts:sign-out"),
    "accounts:join",
    *("accounts:news", "accounts:news-leave", "accounts:news-again"),
    *("accounts:hand-over", "accounts:account", "payments:checkout", "payments:order"),
    *("payments:document", "payments:document-business"),
    *(
        "payments:find",
        "payments:mend",
        "payments:return",
        "storefront:home",
        "storefront:product",
        "storefront:shelf",
    ),
    *("storefront:robots", "storefront:sitemap", "payments_platform:webhook"),
    *("access:links", "access:links-end"),
    *("mail_platform:mailbox", "mail_platform:mail", "mail_platform:mail-html"),
    *(f"accounts_platform:{name}" for name in ("home", "language", "start", "start-address")),
    *(f"accounts_platform:{name}" for name in ("sign-in", "code", "again", "sign-out")),
    *("accounts_platform:stores", "accounts_platform:enter"),
}
STOREFRONT |= {"payments:cancel", "payments:cancel-terms"}
STOREFRONT |= {f"payments:cancel-{name}" for name in ("order", "notice", "keep", "mail")}
STOREFRONT |= {"payments:cancel-subscription"}
STOREFRONT |= {"payments:money-back", "payments:fix", "storefront:list"}
STOREFRONT |= {f"payments:renew-here{name}" for name in ("", "-go", "-no")}
STOREFRONT |= {f"payments:{name}" for name in ("plan", "plan-change", "plan-keep", "stop")}
STOREFRONT.add("payments:paid-twice")
STOREFRONT |= {f"storefront:share-{name}" for name in ("image", "image-square", "home")}
STOREFRONT |= {"storefront:share-home-square", "storefront:home-page", "storefront:site-search"}
STOREFRONT |= {"admin:stores_look_pattern", "storefront:feed", "storefront:sitemap-page"}
STOREFRONT |= {"storefront:list-confirm", "storefront:list-leave"}
STOREFRONT |= {"storefront:sample", "storefront:sample-open", "storefront:sample-news"}
WAYS_IN = (
    *("security", "browser-end", "everywhere-end", "sure", "sure-send", "sure-code", "password"),
    *("password-remove", "app", "app-remove", "codes", "passkey-begin", "passkey-add"),
    *("passkey-remove", "passkey-ask", "passkey-use", "password-sign-in", "second-step"),
    *("address", "address-answer"),
)
STOREFRONT |= {f"{app}:{name}" for app in ("accounts", "accounts_platform") for name in WAYS_IN}
STOREFRONT |= {"accounts:my-data", "accounts:leave", "accounts:left", "payments:one-more"}
STOREFRONT |= {f"payments:{name}" for name in ("gift", "gift-claim", "gift-card", "gift-change")}
TEAM = ("", "-invite", "-mine", "-seats", "-again", "-withdraw", "-take-back", "-place", "-claim")
STOREFRONT |= {f"payments:team{name}" for name in TEAM}
STOREFRONT |= {f"content:{name}" for name in ("notes", "notebook", "note-keep", "note-drop")}
STOREFRONT |= {"content:standing", "content:editions", "storefront:search"}
STOREFRONT |= {f"content:{name}" for name in ("taking", "zip", "everything", "to-computer")}
STOREFRONT |= {"content:kindle", "content:to-kindle", "content:feeds"}
STOREFRONT |= {f"content:feed-{name}" for name in ("make", "renew", "end")}
STOREFRONT |= {f"content:{name}" for name in ("questions", "ask", "question", "reply")}
STOREFRONT |= {f"content:{name}" for name in ("follow", "unfollow", "question-stop")}
STOREFRONT |= {f"content:said-{name}" for name in ("edit", "take-back", "report")}
STOREFRONT |= {f"payments:parcel-{name}" for name in ("address", "arrived", "missing")}
STOREFRONT |= {f"conversations:{name}" for name in ("ask", "contact", "sent", "list")}
STOREFRONT |= {f"conversations:{name}" for name in ("conversation", "more", "keyed", "keyed-more")}
STOREFRONT |= {"stores:calendar"}
STOREFRONT |= {f"memberships:{name}" for name in ("club", "archive", "month", "text", "text-done")}
STOREFRONT |= {"content:feed", "content:feed-chapters", "content:feed-file"}
STOREFRONT |= {f"storefront:{name}" for name in ("page", "category", "draft", "sign-up")}
STOREFRONT |= {"storefront:category-page", "payments:billing", "payments:subscription"}
BILLING = ("leave", "leave-today", "leave-end", "stay", "rest", "return", "now", "why", "card")
STOREFRONT |= {"payments:instalments-pay"}
STOREFRONT |= {f"payments:subscription-{name}" for name in (*BILLING, "back")}
STOREFRONT |= {"storefront:signed-up", "storefront:sign-up-gift", "storefront:list-off"}
SENT_ALONG = {"conversations:file", "conversations:keyed-file"}
SENT_ALONG |= {"admin:conversations_conversation_file"}
FILMS = {"storefront:film", "storefront:captions"}
STRICTER = dict.fromkeys(
    {"content:file", "content:captions"} | SENT_ALONG | FILMS, "sandbox; default-src 'none'"
)
"""A file of somebody's, were it shown as a page, has no rights at all (so has a mail's HTML)."""
LEADS_OUT = {"payments:checkout", "accounts_platform:start", "accounts_platform:code"}
LEADS_OUT |= {"accounts_platform:again", "payments:subscription", "payments:renew-here"}
"""Their forms end on the payment page, or in a store."""


def listed(name: str) -> str:
    """Return the policy an address should have."""
    found = [
        policy
        for policy, is_in in {
            "stricter": name in STRICTER,
            "reader": name in READER,
            "storefront": name in STOREFRONT,
            "framed": name in FRAMED,
            "admin": name.startswith(("admin:", "operator:"))
            and name not in FRAMED | STOREFRONT | set(STRICTER),
        }.items()
        if is_in
    ]
    assert len(found) == 1, f"say which content policy {name} has"
    return found[0]


def directives(header: str) -> dict[str, set[str]]:
    """Return a header as sets of sources; the nonce, which differs each time, as one word."""
    words = [re.sub(r"'nonce-[^']+'", "NONCE", each).split() for each in header.split(";")]
    return {each[0]: set(each[1:]) for each in words if each}


def expected(policy: str, *, with_nonce: bool) -> dict[str, set[str]]:
    found = {key: {str(source) for source in sources} for key, sources in NAMED[policy].items()}
    nonce = {"NONCE"} if with_nonce else set()
    return {
        key: {each for each in sources if "nonce" not in each.lower()}
        | (nonce if key == "script-src" and policy == "admin" else set())
        for key, sources in found.items()
    }


@pytest.mark.parametrize("name", sorted({each.name for each in EVERYWHERE}))
def test_every_address_is_listed_with_one_policy(name: str) -> None:
    assert listed(name)


WITHOUT_ROWS = (
    "mail_platform:mail",
    "operator:view_on",
    "operator:payments_",
    "operator:login",
    "payments:mend",  # only for the browser that placed the order
    "accounts_platform:address-answer",
    *("content:feed-chapters", "content:feed-file"),  # only what is heard
    "content:said-report",  # nobody reports what they wrote themselves
)
POSTED = ("-again", "plan-keep", "sign-out", "place", "webhook", "logout", "note-keep", "note-drop")


def test_every_address_answers_with_the_policy_it_is_listed_with(world: World, send) -> None:
    unseen = set()
    for place in EVERYWHERE:
        method = "POST" if place.name.endswith(POSTED) else "GET"
        answer = send(world.client(place), method, world.path(place))
        if answer.status_code == 404:
            unseen.add(place.name)
            continue
        header = answer.headers["Content-Security-Policy"]
        policy = listed(place.name)
        if policy == "stricter":
            assert header == STRICTER[place.name]
            continue
        said = directives(header)
        wanted = expected(policy, with_nonce="NONCE" in said.get("script-src", ()))
        if place.name in LEADS_OUT:
            assert said.pop("form-action") >= wanted.pop("form-action")
        assert said == wanted, place.name
    # Or every address could hide behind a page that is not found.
    assert not [name for name in unseen if not name.startswith(WITHOUT_ROWS)]


def test_scripts_are_never_let_in_from_elsewhere_nor_inline() -> None:
    for name, policy in NAMED.items():
        scripts = {str(source) for source in policy["script-src"]}
        assert "'unsafe-inline'" not in scripts, name
        assert not any(source.startswith(("http", "*", "data")) for source in scripts), name
        framed_by = "'self'" if name == "framed" else "'none'"
        assert list(map(str, policy["frame-ancestors"])) == [framed_by], name
        assert "'none'" in policy["object-src"], name
