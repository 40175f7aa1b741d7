"""What happens by itself in the shop window: pages, text and films whose moment came, what goes."""

from celery import shared_task

from core import clock
from storefront.services.films import forgetting, posters
from storefront.services.finding import keeping
from storefront.services.pages.publishing import publish_due
from storefront.services.signups.joining import forget_unconfirmed


@shared_task(name="storefront.tasks.publish_pages")
def publish_pages() -> None:
    """Publish every draft whose moment has come."""
    publish_due(clock.now())


@shared_task(name="storefront.tasks.gather_texts")
def gather_texts() -> None:
    """Gather the text of large shops that were searched since they changed."""
    keeping.gather_due(clock.now())


@shared_task(name="storefront.tasks.forget_sign_ups")
def forget_sign_ups() -> None:
    """Forget the addresses that nobody confirmed."""
    forget_unconfirmed(clock.now())


@shared_task(name="storefront.tasks.make_posters")
def make_posters() -> None:
    """Take a picture out of every film that lacks one."""
    posters.make_due(clock.now())


@shared_task(name="storefront.tasks.forget_films")
def forget_films() -> None:
    """Let go of films and captions that no page's version names."""
    forgetting.forget_unnamed(clock.now())
