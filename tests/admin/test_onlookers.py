"""What staff see of a page that their role may not change."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from products.models import Category
from stores.models import QuietTimes, Staff, Store
from stores.roles import Role
from tests.conftest import make_product, make_user


@pytest.fixture
def at(in_store: Store, browse: Callable[..., Client]) -> Callable[[Role], Client]:
    def signed_in(role: Role) -> Client:
        user = make_user(f"{role.value}@example.com")
        Staff.objects.create(user=user, name=role.value, role=role)
        return browse(in_store, user)

    return signed_in


def test_a_category_is_shown_with_what_stands_on_it(at: Callable[[Role], Client]) -> None:
    shelf = Category.objects.create(title="Basics", slug="basics")
    make_product(title="The First Stitch", category=shelf)

    page = at(Role.AUTHOR).get(f"/admin/products/category/{shelf.pk}/change/").content.decode()
    assert "The First Stitch" in page
    assert 'type="checkbox"' not in page


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.SUPPORT])
def test_settings_that_nobody_set_yet_are_still_not_theirs(
    at: Callable[[Role], Client], role: Role
) -> None:
    QuietTimes.objects.all().delete()

    assert at(role).get("/admin/stores/quiettimes/").status_code == 403
    assert not QuietTimes.objects.exists()
