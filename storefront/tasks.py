"""What happens by itself in the shop window: pages whose moment has come, addresses that go."""

from celery import shared_task

from core import clock
from storefront.services.pages.publishing import publish_due
from storefront.services.signups.joining import forget_unconfirmed


@shared_task(name="storefront.tasks.publish_pages")
def publish_pages() -> None:
    """Publish every draft whose moment has come."""
    publish_due(clock.now())


@shared_task(name="storefront.tasks.forget_sign_ups")
def forget_sign_ups() -> None:
    """Forget the addresses that nobody confirmed."""
    forget_unconfirmed(clock.now())
