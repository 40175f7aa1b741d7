"""Sales → Reports: what was sold, given back and kept, and by whom it was bought."""

from payments.admin.reports.pages import ReportAdmin

__all__ = ["ReportAdmin"]
