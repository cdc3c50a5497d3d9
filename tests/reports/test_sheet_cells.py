import csv
import io
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from common.cells import RISKY, read, written


@given(st.text())
def test_any_text_comes_back_and_none_can_run(text):
    cell = written(text)
    assert read(cell) == text
    assert not cell.startswith(tuple(sign for sign in RISKY if sign != "'"))


@given(st.text().filter(lambda text: "\r" not in text and "\0" not in text))
def test_any_text_survives_the_file(text):
    file = io.StringIO(newline="")
    csv.writer(file).writerow([written(text), "end"])
    file.seek(0)
    assert read(next(csv.reader(file))[0]) == text


@given(st.one_of(st.integers(), st.decimals(allow_nan=False, allow_infinity=False, places=3)))
def test_a_number_stays_a_number(number):
    assert Decimal(written(number)) == number
    assert "'" not in written(number)
