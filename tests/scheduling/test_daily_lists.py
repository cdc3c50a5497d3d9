"""Emergency kit, fridge and devices: written down once, red while something is wrong, never rewritten."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, InternalError, ProgrammingError, connection, transaction
from django.urls import reverse

from audit.models import Event
from common.refused import Refused
from scheduling.actions import daily_lists
from scheduling.models import DailyEntry, DailyList
from tests.cast import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def fridge(clinic, location, owner):
    return daily_lists.add(
        clinic,
        location=location,
        kind="fridge",
        name="Fridge, room 2",
        coldest_c=Decimal(2),
        warmest_c=Decimal(8),
        by=owner,
        at=NOON,
    )


@pytest.fixture
def kit(clinic, location, owner):
    return daily_lists.add(
        clinic, location=location, kind="emergency_kit", name="Kit", things=["Adrenaline", "Oxygen"], by=owner, at=NOON
    )


@pytest.fixture
def gun(clinic, location, owner):
    return daily_lists.add(clinic, location=location, kind="disinfection", name="Mesogun A", by=owner, at=NOON)


def red(clinic):
    return list(clinic.tasks.open().filter(is_red=True).values_list("text", flat=True))


def has(thing, there=True, expires_on=None):
    return {"thing": thing, "there": there, "expires_on": expires_on}


def test_a_fridge_outside_of_its_range_stands_red_until_it_is_inside_again(clinic, fridge, nurse):
    for degrees in ("2", "8"):
        assert daily_lists.record(fridge, temperature_c=Decimal(degrees), by=nurse, at=NOON).is_in_order
    warm = daily_lists.record(fridge, temperature_c=Decimal("8.1"), by=nurse, at=NOON)
    assert not warm.is_in_order
    assert red(clinic) == ["Fridge, room 2: 8.1 °C lies outside of 2 to 8 °C."]
    daily_lists.record(fridge, temperature_c=Decimal("1.9"), by=nurse, at=NOON)
    assert len(red(clinic)) == 1, "one task while it lasts"

    daily_lists.record(fridge, temperature_c=Decimal(5), by=nurse, at=NOON + timedelta(hours=1))
    assert red(clinic) == []
    assert Event.objects.about(warm).kinds() == ["daily_entry.recorded"]


@pytest.mark.parametrize("found", [{}, {"temperature_c": Decimal(61)}])
def test_a_fridge_asks_for_a_temperature_that_a_fridge_can_have(fridge, nurse, found):
    with pytest.raises(Refused):
        daily_lists.record(fridge, by=nurse, at=NOON, **found)


def test_a_kit_names_what_is_missing_and_what_has_expired(clinic, kit, nurse):
    fine = [has("Adrenaline", expires_on="2025-02-03"), has("Oxygen")]
    assert daily_lists.record(kit, findings=fine, by=nurse, at=NOON).is_in_order, "its last day still counts"

    daily_lists.record(
        kit, findings=[has("Adrenaline", expires_on="2025-02-02"), has("Oxygen", False)], by=nurse, at=NOON
    )
    assert red(clinic) == ["Kit: Adrenaline has expired. Oxygen is missing."]
    with pytest.raises(Refused, match="each thing"):
        daily_lists.record(kit, findings=[has("Adrenaline")], by=nurse, at=NOON)


def test_a_device_is_disinfected_with_something_that_is_known(gun, nurse):
    assert daily_lists.record(gun, disinfectant="alcohol", by=nurse, at=NOON).is_in_order
    with pytest.raises(Refused):
        daily_lists.record(gun, disinfectant="water", by=nurse, at=NOON)


def test_a_wrong_entry_is_followed_by_a_right_one_and_both_stay(clinic, fridge, nurse, colleague):
    wrong = daily_lists.record(fridge, temperature_c=Decimal(45), by=nurse, at=NOON)
    with pytest.raises(Refused, match="why"):
        daily_lists.correct(wrong, temperature_c=Decimal("4.5"), note=" ", by=colleague, at=NOON)

    later = NOON + timedelta(days=1)
    right = daily_lists.correct(wrong, temperature_c=Decimal("4.5"), note="a comma forgotten", by=colleague, at=later)
    assert (right.on, right.by, right.corrects) == (wrong.on, colleague, wrong)
    assert red(clinic) == []
    assert list(clinic.daily_entries.current()) == [right]
    with pytest.raises(Refused, match="already"):
        daily_lists.correct(wrong, temperature_c=Decimal(5), note="again", by=nurse, at=later)


def test_the_database_rewrites_no_entry(fridge, nurse):
    entry = daily_lists.record(fridge, temperature_c=Decimal(5), by=nurse, at=NOON)
    with pytest.raises((ProgrammingError, InternalError)), transaction.atomic():
        DailyEntry.objects.filter(pk=entry.pk).update(temperature_c=4)
    with pytest.raises((ProgrammingError, InternalError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM scheduling_dailyentry")


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "fridge", "coldest_c": 8, "warmest_c": 2},
        {"kind": "fridge"},
        {"kind": "emergency_kit", "things": []},
        {"kind": "disinfection", "coldest_c": 2, "warmest_c": 8},
    ],
)
def test_the_database_holds_no_list_that_asks_for_nothing(clinic, location, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        DailyList.objects.create(clinic=clinic, location=location, name="Wrong", **wrong)


def test_the_nurse_goes_round_with_a_tablet(as_user, clinic, kit, fridge, gun, nurse, django_assert_max_num_queries):
    there = as_user(nurse)
    with django_assert_max_num_queries(16):
        page = there.get(reverse("scheduling:daily_list_show"))
    assert "0 of 3" in page.content.decode()
    typed = {"there_0": "on", "expires_0": "2099-01-01", "there_1": "on", "expires_1": "", "note": ""}
    assert there.post(reverse("scheduling:daily_list_record", args=[kit.pk]), typed).status_code == 302
    assert there.get(reverse("scheduling:daily_list_record", args=[kit.pk])).content.decode().count("2099-01-01") == 1
    warm = there.post(reverse("scheduling:daily_list_record", args=[fridge.pk]), {"temperature_c": "9,5"}, follow=True)
    assert "outside of 2 to 8" in warm.content.decode()
    assert there.post(reverse("scheduling:daily_list_record", args=[gun.pk]), {"note": ""}).status_code == 422

    entry = clinic.daily_entries.get(daily_list=fridge)
    typed = {"temperature_c": "5,5", "note": "read wrong"}
    assert there.post(reverse("scheduling:daily_entry_correct", args=[entry.pk]), typed).status_code == 302
    history = there.get(reverse("scheduling:daily_entry_list")).content.decode()
    assert "Corrected" in history
    assert "read wrong" in history
    assert "2 of 3" in there.get(reverse("scheduling:daily_list_card")).content.decode()


def test_who_may_go_round_and_who_may_change_the_lists(as_user, fridge, owner, nurse, auditor, stranger):
    record = reverse("scheduling:daily_list_record", args=[fridge.pk])
    change = reverse("scheduling:daily_list_change", args=[fridge.pk])
    assert as_user(auditor).get(reverse("scheduling:daily_entry_list")).status_code == 200
    assert as_user(auditor).get(record).status_code == 403
    assert as_user(nurse).get(change).status_code == 403
    assert as_user(stranger).get(record).status_code == 404
    typed = {"name": "Fridge, room 3", "coldest_c": "2", "warmest_c": "7,5", "is_active": "on", "things": ""}
    assert as_user(owner).post(change, typed).status_code == 302
    fridge.refresh_from_db()
    assert (fridge.name, fridge.warmest_c) == ("Fridge, room 3", Decimal("7.5"))


def test_the_owner_adds_a_list_of_each_kind(as_user, clinic, location, owner):
    add = reverse("scheduling:daily_list_add")
    common = {"location": location.pk, "things": "Adrenaline\nOxygen", "coldest_c": "2", "warmest_c": "8"}
    for kind in ("emergency_kit", "fridge", "disinfection"):
        assert as_user(owner).post(add, {**common, "kind": kind, "name": kind}).status_code == 302, kind
    assert clinic.daily_lists.count() == 3
    assert as_user(owner).post(add, {**common, "kind": "fridge", "name": "fridge"}).status_code == 422
