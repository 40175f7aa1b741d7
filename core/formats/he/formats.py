"""Dates in Hebrew: with a comma before the hour."""

DATE_FORMAT = "j בF Y"
DATETIME_FORMAT = "j בF Y, H:i"
TIME_FORMAT = "H:i"
MONTH_DAY_FORMAT = "j בF"
