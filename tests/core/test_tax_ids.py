"""Tax numbers: read as their country writes them, refused when a digit is off."""

import pytest

from core.tax_ids import TaxIdError, clean_any, clean_company, clean_person


@pytest.mark.parametrize(
    ("typed", "country", "kept"),
    [
        ("123456782", "IL", "123456782"),
        ("51-617915-7", "IL", "516179157"),
        ("DE136695976", "DE", "DE136695976"),
        ("136 695 976", "DE", "DE136695976"),
        ("EL 094259216", "GR", "EL094259216"),
        ("GR094259216", "GR", "EL094259216"),
        ("GB980780684", "GB", "980780684"),
        ("12-3456789", "US", "12-3456789"),
    ],
)
def test_a_number_is_kept_as_its_country_writes_it(typed: str, country: str, kept: str) -> None:
    assert clean_person(typed, country) == kept


@pytest.mark.parametrize(
    ("typed", "country"),
    [("123456789", "IL"), ("DE136695977", "DE"), ("FR136695976", "DE"), ("=1+1", "US"), ("", "IL")],
)
def test_a_number_with_a_wrong_digit_or_country_is_refused(typed: str, country: str) -> None:
    with pytest.raises(TaxIdError):
        clean_person(typed, country)


def test_an_israeli_companys_number_begins_with_a_five() -> None:
    assert clean_company("516179157", "IL") == "516179157"
    with pytest.raises(TaxIdError):
        clean_company("123456782", "IL")


def test_a_number_nobody_can_check_needs_at_least_a_digit() -> None:
    with pytest.raises(TaxIdError):
        clean_any("none")
