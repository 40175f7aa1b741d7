from concurrent.futures import ThreadPoolExecutor

import pytest

from sandbox.storage import Storage


@pytest.fixture
def storage():
    storage = Storage()
    yield storage
    storage.close()


def make(storage, identity, account="acct_1"):
    storage.insert(account, {"id": identity, "object": "thing", "created": 1}, {"secret": 7})


def test_an_object_is_found_in_its_account_alone(storage):
    make(storage, "th_1")
    assert storage.find("acct_1", "th_1").private == {"secret": 7}
    assert storage.find("acct_2", "th_1") is None


def test_a_transaction_happens_whole_or_not_at_all(storage):
    def stumble():
        with storage.transaction():
            make(storage, "th_1")
            with storage.transaction():
                make(storage, "th_2")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        stumble()
    assert storage.select("type = 'thing'") == []


def test_many_threads_take_turns(storage):
    with storage.transaction():
        storage.set_meta("count", "0")

    def count(_):
        with storage.transaction():
            storage.set_meta("count", str(int(storage.meta("count")) + 1))

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(count, range(200)))
    assert storage.meta("count") == "200"


def test_a_file_keeps_what_it_is_given(tmp_path):
    path = str(tmp_path / "sandbox.sqlite3")
    first = Storage(path)
    make(first, "th_1")
    first.close()
    second = Storage(path)
    assert second.find("acct_1", "th_1").body["id"] == "th_1"
    second.clear()
    assert second.find("acct_1", "th_1") is None
    second.close()
