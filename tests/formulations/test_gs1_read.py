from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulations.rules import gs1

GTIN = "03453120000011"


@pytest.mark.parametrize(
    ("text", "lot", "gtin", "expires_on"),
    [
        ("VC-2411-07", "VC-2411-07", "", None),
        (" GS-2502-03\r\n", "GS-2502-03", "", None),
        ("10", "10", "", None),
        (f"(01){GTIN}(17)271231(10)N24-118", "N24-118", GTIN, date(2027, 12, 31)),
        (f"01{GTIN}1727123110N24-118", "N24-118", GTIN, date(2027, 12, 31)),
        (f"]d201{GTIN}10N24-118\x1d17270200", "N24-118", GTIN, date(2027, 2, 28)),
        (f"]C101{GTIN}21SN7\x1d1728020010A/1", "A/1", GTIN, date(2028, 2, 29)),
        (f"01{GTIN}17271300", f"01{GTIN}17271300", "", None),
        (f"01{GTIN}9912", f"01{GTIN}9912", "", None),
        (f"01{GTIN}1727133110X", "X", GTIN, None),
        ("", "", "", None),
    ],
)
def test_a_scan_says_lot_product_and_expiry(text, lot, gtin, expires_on):
    assert gs1.read(text) == gs1.Scan(lot, gtin, expires_on)


@given(st.text(max_size=60))
def test_whatever_is_typed_is_read(text):
    assert isinstance(gs1.read(text).lot, str)
