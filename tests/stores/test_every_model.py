"""A walk over all models: each is a store's, or stands on the list with its reason."""

import pytest
from django.apps import apps
from django.db import models, transaction

from stores.models import Store, StoreModel
from stores.scope import ScopeError

WITHOUT_STORE = {
    "stores.Store": "the tenants themselves",
    "stores.Look": "one per store, fetched with it by the host gate",
    "accounts.User": "credentials are platform-wide; a store sees its customers only",
    "accounts.SignIn": "also asked for on the platform's host; bound to its store by every look-up",
    "accounts.HandOver": "hand-over tokens from the platform's host to a store",
    "accounts.Browser": "sessions belong to a person, on a store's host or the platform's",
    "accounts.AddressChange": "an address is platform-wide; a store only starts a change",
    "mfa.Authenticator": "allauth's; credentials are platform-wide",
    "mail.PlatformMessage": "mails of the platform itself",
    "payments.StripeEvent": "the store is that of our row for the event's object",
    "payments.EventCursor": "where the reconciler stands in each Stripe account's list of events",
    "payments.NightlyCheck": "walks through a Stripe account, which several stores may share",
    "payments.Difference": "may be about money at Stripe that is no store's; pages name the store",
    "account.EmailAddress": "allauth's",
    "account.EmailConfirmation": "allauth's",
    "auth.Group": "Django's own, unused",
    "auth.Permission": "Django's own, unused",
    "contenttypes.ContentType": "Django's own",
    "sessions.Session": "bound to its store by StoreSessionMiddleware",
    "admin.LogEntry": "Django's own, for the operator; stores write stores.LogEntry",
}

UNIQUE_EVERYWHERE = {
    "public_id": "random",
    "key_hash": "a hash of a random secret",
    "leave_key": "a random secret",
    "host": "a host that serves is one store's in the world",
    "name": "a path that begins with the store's public id",
    "user": "",
    "store": "one row for each store",
    "order": "a row of the same store",
    "asset": "a row of the same store",
    "line": "a row of the same store",
    "call": "a row of the same store",
    "undone_by": "a row of the same store",
    "part": "a row of the same store",
    "pay_off": "a row of the same store",
    "access": "a row of the same store",
    "customer": "a row of the same store",
    "product": "a row of the same store",
    "subscription": "a row of the same store",
}

EVERY_MODEL = apps.get_models(include_auto_created=False)
OF_STORES = [model for model in EVERY_MODEL if issubclass(model, StoreModel)]


@pytest.mark.parametrize("model", EVERY_MODEL, ids=lambda model: model._meta.label)
def test_every_model_is_a_stores_or_says_why_not(model: type[models.Model]) -> None:
    assert issubclass(model, StoreModel) or model._meta.label in WITHOUT_STORE


def test_the_list_of_exceptions_holds_nothing_old() -> None:
    assert set(WITHOUT_STORE) <= {model._meta.label for model in EVERY_MODEL}


@pytest.mark.parametrize("model", OF_STORES, ids=lambda model: model._meta.label)
def test_no_query_of_a_stores_model_runs_outside_a_scope(model: type[StoreModel], db) -> None:
    for manager in (model._default_manager, model._base_manager, model.objects):
        for ask in (
            manager.exists,
            manager.count,
            manager.all().delete,
            lambda m=manager: list(m.all()),
        ):
            with pytest.raises(ScopeError), transaction.atomic():
                ask()


@pytest.mark.parametrize("model", OF_STORES, ids=lambda model: model._meta.label)
def test_what_is_pointed_at_has_store_and_id_unique(model: type[StoreModel]) -> None:
    if model._meta.parents:  # a child has no constraint on its parent's columns
        return
    assert any(
        isinstance(each, models.UniqueConstraint) and each.fields == ("store", "id")
        for each in model._meta.constraints
    )


@pytest.mark.parametrize("model", OF_STORES, ids=lambda model: model._meta.label)
def test_uniqueness_is_per_store_or_of_something_random(model: type[StoreModel]) -> None:
    for field in model._meta.local_fields:
        if field.unique and not field.primary_key:
            assert field.name in UNIQUE_EVERYWHERE, field.name
    for constraint in model._meta.constraints:
        if constraint.name == "stores_domain_serves_one_store":
            continue  # a host that serves is one store's in the world
        if isinstance(constraint, models.UniqueConstraint) and constraint.fields:
            assert any(_is_bound_to_a_store(model, name) for name in constraint.fields), (
                constraint.name
            )


def _is_bound_to_a_store(model: type[StoreModel], name: str) -> bool:
    """Whether a column is the store, or a key into a store's rows, or an account at Stripe."""
    if name == "stripe_account":
        return True
    field = model._meta.get_field(name)
    target = field.related_model
    return target is Store or (isinstance(target, type) and issubclass(target, StoreModel))


def test_every_relation_to_product_has_a_name_that_is_not_product() -> None:
    from products.models import Product

    for relation in Product._meta.related_objects:
        assert relation.get_accessor_name() not in {"product", None}
