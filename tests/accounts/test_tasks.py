from datetime import timedelta

from accounts.models import HandOver, SignIn, User
from accounts.tasks import forget_old_ways_in
from core import clock
from stores.models import Store


def test_old_ways_in_are_forgotten_and_new_ones_kept(store: Store, alice: User) -> None:
    for days in (0, 3):
        ended = clock.now() - timedelta(days=days)
        SignIn.objects.create(email="a@example.com", expires_at=ended)
        HandOver.objects.create(token_hash=str(days), user=alice, store=store, expires_at=ended)
    forget_old_ways_in()
    assert SignIn.objects.count() == HandOver.objects.count() == 1
