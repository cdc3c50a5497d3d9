"""The round of the day through the machine's door."""

import pytest

from scheduling.actions import daily_lists
from tests.cast import NOON

pytestmark = pytest.mark.django_db
API = "/api/v1/"


@pytest.fixture
def fridge(clinic, location, owner):
    return daily_lists.add(
        clinic, location=location, kind="fridge", name="Fridge", coldest_c=2, warmest_c=8, by=owner, at=NOON
    )


def test_a_thermometer_reports_and_a_slip_is_corrected(api, nurse, fridge):
    there = api(nurse)
    (line,) = there.get(f"{API}daily-lists/").json()["results"]
    assert (line["id"], line["is_done"], line["coldest_c"]) == (fridge.pk, False, "2")

    wrong = there.post(f"{API}daily-lists/{fridge.pk}/entries/", {"temperature_c": "45"})
    assert (wrong.status_code, wrong.json()["is_in_order"]) == (201, False)
    assert there.get(f"{API}daily-lists/").json()["results"][0]["troubles"]
    correct = f"{API}daily-entries/{wrong.json()['id']}/correct/"
    assert there.post(correct, {"temperature_c": "4.5"}).status_code == 400
    right = there.post(correct, {"temperature_c": "4.5", "note": "a point forgotten"})
    assert (right.status_code, right.json()["corrects"]) == (201, wrong.json()["id"])
    assert there.post(correct, {"temperature_c": "5", "note": "again"}).status_code == 409

    entries = there.get(f"{API}daily-lists/{fridge.pk}/entries/").json()["results"]
    assert [each["is_corrected"] for each in entries] == [False, True]
    assert there.get(f"{API}daily-lists/").json()["results"][0]["troubles"] == []


def test_what_a_list_does_not_know_is_refused(api, nurse, auditor, stranger, fridge):
    entries = f"{API}daily-lists/{fridge.pk}/entries/"
    assert api(nurse).post(entries, {"temperatur": "4"}).status_code == 400
    assert api(nurse).post(entries, {"temperature_c": "80"}).status_code == 400
    assert api(nurse).post(entries, {}).status_code == 400
    assert api(auditor).get(entries).status_code == 200
    assert api(auditor).post(entries, {"temperature_c": "4"}).status_code == 403
    assert api(stranger).get(entries).status_code == 404
