"""The hosts at which a store answers: its address on the platform, and domains of its own."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from core import clock, tokens
from stores.models.tenancy import Store, StoreModel


class Domain(StoreModel):
    """A host name of a store. It serves while ``verified_at`` is set, and is then nobody else's.

    Several stores may wait with one name; the first whose proof is found has it.
    """

    store = models.ForeignKey(
        Store,
        on_delete=models.CASCADE,
        related_name="domains",
        editable=False,
    )
    host = models.CharField(_("domain"), max_length=253)
    """In ASCII, as DNS and browsers send it."""
    is_primary = models.BooleanField(default=False)
    is_ours = models.BooleanField(default=False)
    """Whether it is an address below the platform's own name, which needs no proof."""
    token = models.CharField(max_length=20, default=tokens.public_id)
    """What its TXT record says."""
    added_at = models.DateTimeField(default=clock.now)
    verified_at = models.DateTimeField(null=True, blank=True)
    check_at = models.DateTimeField(null=True, blank=True)
    """When it is looked up next; empty for what needs no looking up."""
    checked_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=12, blank=True)
    """What the last look found missing: ``token``, ``address`` or ``taken``."""
    failing_since = models.DateTimeField(null=True, blank=True)
    lost_at = models.DateTimeField(null=True, blank=True)
    kept_until = models.DateTimeField(null=True, blank=True)
    """For a former address below the platform's name: until then nobody else gets it."""

    class Meta(StoreModel.Meta):
        verbose_name = _("domain")
        verbose_name_plural = _("domains")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["store"],
                condition=models.Q(is_primary=True),
                name="stores_domain_one_primary",
            ),
            models.UniqueConstraint(fields=["store", "host"], name="stores_domain_once_per_store"),
            models.UniqueConstraint(
                fields=["host"],
                condition=models.Q(verified_at__isnull=False),
                name="stores_domain_serves_one_store",
            ),
            models.CheckConstraint(
                condition=models.Q(is_primary=False) | models.Q(verified_at__isnull=False),
                name="stores_domain_primary_is_verified",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["check_at"],
                condition=models.Q(check_at__isnull=False),
                name="stores_domain_due",
            ),
            models.Index(fields=["host"], name="stores_domain_by_host"),
        ]

    def __str__(self) -> str:
        return self.shown

    @property
    def shown(self) -> str:
        """The name as people write it: Hebrew domains in Hebrew."""
        try:
            return self.host.encode("ascii").decode("idna")
        except UnicodeError:
            return self.host

    @property
    def state(self) -> str:
        """Waiting, verified, primary, former or lost."""
        if self.lost_at is not None and self.verified_at is None:
            return "lost"
        if self.verified_at is None:
            return "waiting"
        if self.is_primary:
            return "primary"
        return "verified" if self.kept_until is None else "former"
