from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from common.decimals import DecimalField, half_up, parse_decimal, plain


@pytest.mark.parametrize("text", ["0,02", "0.02", " 0,02 "])
def test_a_comma_is_a_point(text):
    assert DecimalField().clean(text) == Decimal("0.02")


@pytest.mark.parametrize("text", ["1,000.5", "1e3", "NaN", "two", "0x10", "--1"])
def test_what_is_not_a_number_gets_a_sentence(text):
    with pytest.raises(ValidationError, match="is not a number"):
        DecimalField().clean(text)


@given(st.decimals(min_value=0, max_value=10**6, places=4))
def test_a_number_survives_being_written_and_read(number):
    assert parse_decimal(plain(number)) == number


@given(st.fractions(min_value=-1000, max_value=1000), st.integers(0, 6))
def test_rounding_half_up_is_never_further_than_half_a_step(value, places):
    assert abs(Fraction(half_up(value, places)) - value) <= Fraction(1, 2 * 10**places)


def test_halves_go_up():
    assert half_up(Fraction(5, 1000), 2) == Decimal("0.01")
    assert half_up(Decimal("2.5"), 0) == Decimal(3)
