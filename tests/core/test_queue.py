from unittest.mock import patch

import pytest
from django.db import transaction

from core.queue import wake


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_costs_nothing_but_the_wake_up() -> None:
    with patch("celery.app.base.Celery.send_task", side_effect=OSError("no broker")) as send:
        with transaction.atomic():
            wake("nowhere.tasks.nothing", 3)
            assert not send.called
        assert send.called


@pytest.mark.django_db(transaction=True)
def test_nothing_is_woken_when_the_transaction_rolls_back() -> None:
    with patch("celery.app.base.Celery.send_task") as send:
        with transaction.atomic():
            wake("nowhere.tasks.nothing")
            transaction.set_rollback(True)
        assert not send.called
