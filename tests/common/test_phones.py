"""Numbers without a prefix belong to the clinic's own country."""

import pytest

from common.phones import region_of, to_e164


@pytest.mark.parametrize(
    ("jurisdiction", "phone", "region"),
    [
        ("ES", "", "ES"),
        ("ES-CT", "+49 30 1234567", "ES"),
        ("DEMO", "+34 910 555 010", "ES"),
        ("FRANCE", "+34 910 555 010", "ES"),
        ("DEMO", "", None),
    ],
)
def test_the_country_is_that_of_the_jurisdiction_else_of_the_clinic_s_number(jurisdiction, phone, region):
    assert region_of(jurisdiction, phone) == region


def test_a_national_number_is_read_in_that_country():
    assert to_e164("600 111 222", region_of("DEMO", "+34 910 555 010")) == "+34600111222"
