"""The store's admin site: Unfold's, scoped to the store, for its staff only."""

from unfold.sites import UnfoldAdminSite


class StoreAdminSite(UnfoldAdminSite):
    """The admin at ``/admin/`` on a store's host."""


site = StoreAdminSite(name="admin")
