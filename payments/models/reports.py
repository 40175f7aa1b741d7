"""Reports: orders added up, as a line of the admin's menu; it has no rows of its own."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from payments.models.orders import Order


class Report(Order):
    """Orders, as reports add them up."""

    class Meta:
        proxy = True
        verbose_name = pgettext_lazy("of sales", "report")
        verbose_name_plural = pgettext_lazy("of sales", "reports")
