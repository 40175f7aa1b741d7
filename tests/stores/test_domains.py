"""Domains: their names, their proofs, who serves under them, and where the others lead."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from stores.errors import HostTaken
from stores.models import Domain, Store
from stores.scope import store_scope
from stores.services.domains import checking, keeping
from stores.services.domains.looking import Unsure
from stores.services.domains.names import BadName, clean_host, records_for
from stores.services.opening import is_free_label
from tests.conftest import NOW

HOST = "www.my-shop.com"


class Dns:
    """What DNS says in a test."""

    def __init__(self) -> None:
        self.says: dict[tuple[str, str], list[str]] = {}
        self.is_silent = False

    def __call__(self, name: str, kind: str) -> list[str]:
        if self.is_silent:
            raise Unsure(name)
        return self.says.get((name, kind), [])

    def point(self, domain: Domain, target: str = "thread.localhost") -> None:
        self.says[domain.host, "CNAME"] = [target]
        self.says[f"_sevenfold.{domain.host}", "TXT"] = [f"sevenfold={domain.token}"]


@pytest.fixture
def dns() -> Dns:
    return Dns()


def add(dns: Dns, host: str = HOST, now: Any = NOW) -> Domain:
    return keeping.add_domain(host, now=now, ask=dns)


def proved(dns: Dns, host: str = HOST, target: str = "thread.localhost") -> Domain:
    domain = add(dns, host)
    dns.point(domain, target)
    return checking.check(domain, now=NOW, ask=dns)


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("www.my-shop.com", "www.my-shop.com"),
        (" HTTPS://My-Shop.co.il/books?x=1 ", "my-shop.co.il"),
        ("my-shop.com.", "my-shop.com"),
        ("תפר.קום", "xn--pebie.xn--9dbq2a"),
        ("my-shop.com:8000", "my-shop.com"),
    ],
)
def test_a_domain_is_kept_as_dns_writes_it(typed: str, host: str) -> None:
    assert clean_host(typed) == host


@pytest.mark.parametrize(
    "typed", ["", "shop", "my shop.com", "a..b", "1.2.3.4", "-a.com", "_x.com"]
)
def test_what_is_no_domain_is_refused(typed: str) -> None:
    with pytest.raises(BadName) as refused:
        clean_host(typed)
    assert refused.value.code == "malformed"


@pytest.mark.parametrize("typed", ["crumb.localhost", "localhost", "a.b.localhost"])
def test_the_platforms_names_are_nobodys(typed: str) -> None:
    with pytest.raises(BadName):
        clean_host(typed)


def test_an_apex_gets_no_cname(settings: Any) -> None:
    kinds = [each.kind for each in records_for("my-shop.co.il", token="t", target="x.y")]
    assert kinds == ["ALIAS", "TXT"]
    settings.DOMAIN_ADDRESSES = ["192.0.2.1"]
    assert records_for("my-shop.com", token="t", target="x.y")[0].kind == "A"
    www = records_for(HOST, token="t", target="x.y")
    assert [(each.kind, each.name) for each in www] == [("CNAME", "www"), ("TXT", "_sevenfold.www")]


def test_a_domain_serves_nobody_until_it_is_proved(
    in_store: Store, dns: Dns, client: Client
) -> None:
    domain = add(dns)
    assert domain.state == "waiting"
    assert client.get("/", SERVER_NAME=HOST).status_code == 404
    dns.point(domain)
    assert checking.check(domain, now=NOW, ask=dns).state == "verified"
    assert client.get("/p/x/?a=1", SERVER_NAME=HOST).status_code == 301


def test_a_domain_that_leads_here_without_its_proof_stays_waiting(
    in_store: Store, dns: Dns
) -> None:
    domain = add(dns)
    dns.point(domain)
    dns.says[f"_sevenfold.{HOST}", "TXT"] = ["sevenfold=other"]
    found = checking.check(domain, now=NOW, ask=dns)
    assert (found.state, found.problem) == ("waiting", "token")


def test_other_hosts_lead_to_the_first_with_path_and_query(
    in_store: Store, dns: Dns, client: Client
) -> None:
    keeping.make_primary(proved(dns))
    moved = client.get("/p/x/", {"a": "ב"}, SERVER_NAME="thread.localhost")
    assert moved.status_code == 301
    assert moved.headers["Location"] == f"http://{HOST}/p/x/?a=%D7%91"
    assert moved.headers["Cache-Control"] == "no-cache"
    assert client.get("/", SERVER_NAME=HOST).status_code == 200


def test_a_host_in_the_path_leads_nowhere_else(in_store: Store, dns: Dns, client: Client) -> None:
    keeping.make_primary(proved(dns))
    moved = client.get("//evil.example/", SERVER_NAME="thread.localhost")
    assert moved.headers["Location"].startswith(f"http://{HOST}/")


def test_proofs_health_and_what_is_posted_are_never_led_away(
    in_store: Store, dns: Dns, client: Client
) -> None:
    keeping.make_primary(proved(dns))
    old = "thread.localhost"
    assert client.get("/.well-known/acme-challenge/x", SERVER_NAME=old).status_code == 404
    assert client.get("/healthz", SERVER_NAME=old).status_code == 200
    assert client.post("/sign-in/", {"email": "x"}, SERVER_NAME=old).status_code == 200


def test_only_who_is_proved_first_serves(in_store: Store, other_store: Store, dns: Dns) -> None:
    proved(dns)
    with store_scope(other_store):
        theirs = add(dns)
        dns.point(theirs, "crumb.localhost")
        found = checking.check(theirs, now=NOW, ask=dns)
        assert (found.state, found.problem) == ("waiting", "taken")


def test_a_domain_moves_when_its_owner_proves_it_elsewhere(
    in_store: Store, other_store: Store, dns: Dns, client: Client
) -> None:
    mine = proved(dns)
    with store_scope(other_store):
        theirs = add(dns)
        dns.point(theirs, "crumb.localhost")
    checking.check(mine, now=NOW, ask=dns)
    lost = checking.check(mine, now=NOW + timedelta(days=3), ask=dns)
    assert lost.state == "lost"
    with store_scope(other_store):
        assert checking.check(theirs, now=NOW, ask=dns).state == "verified"


def test_a_lost_domain_leaves_the_store_its_own_address(
    in_store: Store, dns: Dns, client: Client
) -> None:
    from mail.models import Message
    from stores.services.domains.telling import duties

    domain = keeping.make_primary(proved(dns))
    dns.says.clear()
    failing = checking.check(domain, now=NOW, ask=dns)
    assert failing.state == "primary"
    assert len(duties(in_store, NOW)) == 1
    checking.check(domain, now=NOW + timedelta(days=3), ask=dns)
    assert client.get("/", SERVER_NAME="thread.localhost").status_code == 200
    assert client.get("/", SERVER_NAME=HOST).status_code == 404
    assert set(Message.objects.values_list("kind", flat=True)) == {"domain_failing", "domain_lost"}


def test_silent_dns_says_nothing_against_a_domain(in_store: Store, dns: Dns) -> None:
    domain = proved(dns)
    dns.is_silent = True
    assert checking.check(domain, now=NOW + timedelta(days=30), ask=dns).failing_since is None


def test_a_mended_domain_is_as_before(in_store: Store, dns: Dns) -> None:
    domain = proved(dns)
    kept = dict(dns.says)
    dns.says.clear()
    checking.check(domain, now=NOW, ask=dns)
    dns.says.update(kept)
    assert checking.check(domain, now=NOW + timedelta(days=2), ask=dns).failing_since is None


def test_the_sweep_looks_each_up_once(store: Store, other_store: Store, dns: Dns) -> None:
    with store_scope(store):
        dns.point(add(dns))
    assert checking.check_due(NOW, dns) == 0
    assert checking.check_due(NOW + timedelta(hours=1), dns) == 1
    assert checking.check_due(NOW + timedelta(hours=1), dns) == 0
    with store_scope(store):
        assert Domain.objects.get(host=HOST).state == "verified"


def test_a_former_name_leads_on_for_a_year_and_is_nobody_elses(
    in_store: Store, client: Client, other_store: Store, dns: Dns
) -> None:
    keeping.rename("needle", now=NOW)
    moved = client.get("/", SERVER_NAME="thread.localhost")
    assert moved.headers["Location"] == "http://needle.localhost/"
    assert not is_free_label("thread")
    with store_scope(other_store), pytest.raises(HostTaken):
        keeping.rename("thread", now=NOW)
    checking.check_due(NOW + timedelta(days=366), dns)
    assert is_free_label("thread")


def test_a_former_name_can_be_taken_back(in_store: Store, client: Client) -> None:
    keeping.rename("needle", now=NOW)
    keeping.rename("thread", now=NOW)
    assert client.get("/", SERVER_NAME="thread.localhost").status_code == 200


def test_removing_the_first_leaves_the_platforms_address(
    in_store: Store, dns: Dns, client: Client
) -> None:
    keeping.remove_domain(keeping.make_primary(proved(dns)))
    assert client.get("/", SERVER_NAME="thread.localhost").status_code == 200


def test_only_proved_hosts_get_a_certificate(in_store: Store, dns: Dns, client: Client) -> None:
    add(dns)

    def ask(host: str, **more: str) -> Any:
        return client.get(f"/tls/allowed?domain={host}", SERVER_NAME="web", **more)

    assert ask(HOST).status_code == 404
    dns.point(Domain.objects.get(host=HOST))
    checking.check(Domain.objects.get(host=HOST), now=NOW, ask=dns)
    assert ask(HOST).status_code == 200
    assert ask(HOST, REMOTE_ADDR="192.0.2.7").status_code == 404
    assert ask(HOST, HTTP_X_FORWARDED_FOR="192.0.2.7").status_code == 404


def test_a_secret_opens_the_question_from_elsewhere(
    in_store: Store, client: Client, settings: Any
) -> None:
    settings.TLS_ASK_SECRET = "s3cret"
    ask = "/tls/allowed?domain=thread.localhost"
    assert client.get(ask, SERVER_NAME="web").status_code == 404
    assert client.get(f"{ask}&key=s3cret", SERVER_NAME="web").status_code == 200


def test_a_creators_own_domain_is_promised_alone(
    in_store: Store, dns: Dns, client: Client, settings: Any
) -> None:
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    client.handler.load_middleware()
    keeping.make_primary(proved(dns))
    own = client.get("/", SERVER_NAME=HOST, secure=True)
    assert own.headers["Strict-Transport-Security"] == "max-age=2592000"
    ours = client.get("/", SERVER_NAME="thread.localhost", secure=True)
    assert "preload" in ours.headers["Strict-Transport-Security"]


def test_locally_a_name_below_localhost_proves_itself(in_store: Store, settings: Any) -> None:
    settings.LOCAL = True
    host = clean_host("www.stitch.localhost")
    assert keeping.add_domain(host, now=NOW).state == "verified"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_stores_that_prove_one_domain_at_once_one_has_it(
    store: Store, other_store: Store, dns: Dns
) -> None:
    from tests.payments.together import together

    both = [(store, "thread.localhost"), (other_store, "crumb.localhost")]
    rows = []
    for each, _target in both:
        with store_scope(each):
            rows.append(add(dns))
    dns.says[HOST, "CNAME"] = [target for _store, target in both]
    dns.says[f"_sevenfold.{HOST}", "TXT"] = [f"sevenfold={row.token}" for row in rows]

    def prove(number: int) -> Domain:
        with store_scope(both[number][0]):
            return checking.check(rows[number], now=NOW, ask=dns)

    assert sorted(each.state for each in together(2, prove)) == ["verified", "waiting"]
