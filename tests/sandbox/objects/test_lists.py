import pytest
import stripe


@pytest.fixture
def names(client):
    return [client.v1.customers.create({"name": str(n)}).id for n in range(5)]


def listed(client, **params):
    found = client.v1.customers.list(params)
    return [one.name for one in found.data], found.has_more


def test_the_newest_come_first(client, names):
    assert listed(client) == (list("43210"), False)


def test_a_limit_cuts_and_says_so(client, names):
    assert listed(client, limit=2) == (list("43"), True)
    assert listed(client, limit=5) == (list("43210"), False)


def test_a_cursor_goes_on_after(client, names):
    assert listed(client, limit=2, starting_after=names[3]) == (list("21"), True)
    assert listed(client, limit=2, starting_after=names[1]) == (list("0"), False)


def test_a_cursor_goes_back_before(client, names):
    assert listed(client, limit=2, ending_before=names[1]) == (list("32"), True)
    assert listed(client, limit=9, ending_before=names[1]) == (list("432"), False)


def test_the_sdk_walks_all_pages(client, names):
    pages = client.v1.customers.list({"limit": 2}).auto_paging_iter()
    assert [one.name for one in pages] == list("43210")


@pytest.mark.parametrize("cursor", ["starting_after", "ending_before"])
def test_a_cursor_must_be_of_the_list(client, cursor):
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        listed(client, **{cursor: "cus_x"})


def test_both_cursors_at_once_are_refused(client, names):
    with pytest.raises(stripe.InvalidRequestError, match="only specify one"):
        listed(client, starting_after=names[0], ending_before=names[1])


@pytest.mark.parametrize("limit", [0, 101, -1])
def test_a_limit_is_from_1_to_100(client, limit):
    with pytest.raises(stripe.InvalidRequestError, match="Invalid limit"):
        listed(client, limit=limit)


def test_lists_are_cut_by_time(client, sandbox):
    first = client.v1.customers.create({"name": "first"})
    sandbox.forward(1000)
    client.v1.customers.create({"name": "second"})
    assert listed(client, created={"lte": first.created})[0] == ["first"]
    assert listed(client, created={"gt": first.created})[0] == ["second"]
    assert listed(client, created={"gte": first.created})[0] == ["second", "first"]
    assert listed(client, created={"lt": first.created})[0] == []
    assert listed(client, created=first.created)[0] == ["first"]
