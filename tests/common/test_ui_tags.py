from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import translation

from common.templatetags import ui

AT = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(("value", "shown"), [("0.500", "0.5"), ("10", "10"), ("0.02", "0.02"), (None, ""), ("", "")])
def test_a_dose_has_no_trailing_zero(value, shown):
    assert ui.number(value) == shown


def test_a_dose_never_loses_its_unit():
    assert ui.number(Decimal("2.10"), "mL") == '<span class="nowrap">2.1\u202f<span class="unit">mL</span></span>'


def test_a_french_reader_sees_a_comma():
    with translation.override("fr"):
        assert ui.number("0.02") == "0,02"


def test_money_keeps_two_decimals_and_its_currency():
    assert ui.money("115", "EUR") == '<span class="nowrap">115.00\xa0EUR</span>'


def test_a_moment_is_shown_by_the_clock_of_the_place_and_names_its_zone():
    shown = ui.moment({}, AT, "Europe/Madrid")
    assert "Mon 7 Dec, 10:00" in shown
    assert 'datetime="2026-12-07T10:00:00+01:00"' in shown
    assert "CET, Europe/Madrid" in shown


def test_a_moment_without_a_place_is_shown_by_the_clock_of_the_clinic():
    request = SimpleNamespace(clinic=SimpleNamespace(time_zone="Asia/Tokyo"))
    assert "Mon 7 Dec, 18:00" in ui.moment({"request": request}, AT)


def test_an_age_counts_whole_years():
    assert ui.years_since(date(1986, 6, 11), date(2026, 6, 10)) == 39
    assert ui.years_since(date(1986, 6, 11), date(2026, 6, 11)) == 40


def test_an_icon_beside_words_is_silent_and_one_alone_speaks():
    assert 'aria-hidden="true"' in ui.icon("x")
    assert 'aria-label="Close &amp; go"' in ui.icon("x", "Close & go")
    assert "<path" in ui.icon("x")


def test_an_icon_name_reaches_no_other_file():
    assert ui.shapes_of("../../bootstrap/package") == ""


def test_a_signature_is_drawn_from_its_strokes_alone():
    drawn = ui.signature_svg([[[1, 2, 0], [3.26, 4, 10, 0.5]], [[5, 5, 20]]])
    assert '<polyline points="1.0,2.0 3.3,4.0"/>' in drawn
    assert '<polyline points="5.0,5.0 5.0,5.0"/>' in drawn
    assert ui.signature_svg([]) == ""


def test_strokes_that_are_not_numbers_are_no_drawing():
    with pytest.raises(ValueError, match="could not convert"):
        ui.signature_svg([[["<script>", 2, 0]]])
