"""Sales → Income that returns: what members bring by the month, and who stays."""

from payments.admin.income.pages import ReturningIncomeAdmin

__all__ = ["ReturningIncomeAdmin"]
