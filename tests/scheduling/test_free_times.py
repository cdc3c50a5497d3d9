"""Free times: hours minus what is busy, joined over people, rooms and devices, right on the nights of the clocks."""

import itertools
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.actions import policies
from accounts.models import Location
from scheduling import availability
from scheduling.actions import changes, set_up
from tests.cast import NOON, hire
from tests.factories import scheduling as calendar
from tests.factories.scheduling import MONDAY, booked, local

SLOT_QUERIES = 6


def clocks(found, zone="Europe/Madrid"):
    return [f"{slot.starts_at.astimezone(ZoneInfo(zone)):%H:%M}" for slot in found]


@pytest.fixture
def search(clinic, kind):
    def look(day=MONDAY, until=None, **more):
        more.setdefault("at", NOON)
        more.setdefault("kind", kind)
        return availability.slots(clinic, day_from=day, day_to=until or day, **more)

    return look


def test_a_free_day_offers_a_time_every_quarter(search, hours, doctor, room):
    found = search()
    assert (clocks(found)[0], clocks(found)[-1], len(found)) == ("09:00", "17:30", 35)
    assert (found[0].practitioner_id, found[0].room_id) == (doctor.pk, room.pk)


def test_what_is_booked_is_not_offered_nor_what_would_touch_it(search, clinic, patient, doctor, kind, hours):
    booked(clinic, patient, doctor, kind, local(MONDAY, "10:00"))
    found = clocks(search())
    assert [clock for clock in found if "09:15" < clock < "10:45"] == ["09:30", "10:30"]


def test_a_long_visit_fits_where_a_short_one_does_not_need_to(search, clinic, patient, doctor, kind, hours):
    long = calendar.kind(clinic, "long", minutes=120, buffer_after_minutes=30)
    booked(clinic, patient, doctor, kind, local(MONDAY, "12:00"))
    found = clocks(search(kind=long))
    assert "09:30" in found
    assert "09:45" not in found  # it would end before noon, but the room is not ready again
    assert "10:15" not in found
    assert found[-1] == "16:00"


def test_two_practitioners_in_one_room_take_turns(
    search, clinic, patient, doctor, second_doctor, kind, hours, location
):
    calendar.open_week(location, second_doctor)
    both = search()
    assert len(both) == 70
    booked(clinic, patient, doctor, kind, local(MONDAY, "10:00"))
    at_ten = [slot for slot in search() if slot.starts_at == local(MONDAY, "10:00")]
    assert at_ten == []
    second = calendar.room(location, "Room 2", position=1)
    at_ten = [slot for slot in search() if slot.starts_at == local(MONDAY, "10:00")]
    assert [(slot.practitioner_id, slot.room_id) for slot in at_ten] == [(second_doctor.pk, second.pk)]


def test_a_device_is_at_one_place_at_a_time(search, clinic, patient, doctor, second_doctor, hours, location, room):
    calendar.room(location, "Room 2", position=1)
    calendar.open_week(location, second_doctor)
    gun = calendar.kind(clinic, "gun", device_slug="gun")
    assert search(kind=gun) == []
    clinic.devices.create(location=location, slug="gun", name="Injection gun")
    booked(clinic, patient, doctor, gun, local(MONDAY, "10:00"))
    assert "10:00" not in clocks(search(kind=gun))
    assert "10:30" in clocks(search(kind=gun))


def test_exceptions_and_closures_change_a_day(search, clinic, doctor, location, hours, owner):
    said = {"practitioner": doctor, "by": owner, "at": NOON}
    set_up.add_exception(clinic, kind="off", day=MONDAY, starts=time(9), ends=time(12), **said)
    assert clocks(search())[0] == "12:00"
    sunday = MONDAY - timedelta(days=1)
    set_up.add_exception(clinic, kind="extra", day=sunday, starts=time(10), ends=time(11), location=location, **said)
    assert clocks(search(sunday)) == ["10:00", "10:15", "10:30"]
    set_up.add_closure(clinic, name="Holiday", starts_on=sunday, ends_on=MONDAY, by=owner, at=NOON)
    assert search(sunday, MONDAY) == []
    tuesday = MONDAY + timedelta(days=1)
    set_up.add_exception(clinic, kind="off", day=tuesday, **said)
    assert search(tuesday) == []


def test_the_hours_of_the_place_and_of_a_room_bound_everybody(search, clinic, location, room, hours, owner):
    said = {"location": location, "weekdays": [1], "valid_from": date(2020, 1, 1), "by": owner, "at": NOON}
    set_up.add_hours(clinic, starts=time(10), ends=time(16), **said)
    assert (clocks(search())[0], clocks(search())[-1]) == ("10:00", "15:30")
    set_up.add_hours(clinic, starts=time(11), ends=time(12), room=room, **said)
    assert clocks(search()) == ["11:00", "11:15", "11:30"]


def test_who_may_not_treat_then_is_not_offered(search, clinic, doctor, kind, hours, owner):
    type(doctor).objects.filter(pk=doctor.pk).update(licence_expires_on=MONDAY)
    found = search(MONDAY, MONDAY + timedelta(days=3))
    assert {slot.starts_at.astimezone(ZoneInfo("Europe/Madrid")).date() for slot in found} == {MONDAY}

    competence = clinic.competences.create(slug="device:gun", name="Gun")
    kind.kind_needs.create(clinic=clinic, competence=competence)
    assert search() == []


def test_what_has_passed_is_not_offered_and_a_hold_only_while_it_lasts(search, clinic, patient, doctor, kind, hours):
    assert clocks(search(at=local(MONDAY, "16:50"))) == ["17:00", "17:15", "17:30"]
    booked(clinic, patient, doctor, kind, local(MONDAY, "10:00"), held_until=NOON + timedelta(minutes=5), at=NOON)
    assert "10:00" not in clocks(search())
    assert "10:00" in clocks(search(at=NOON + timedelta(minutes=6)))


def test_the_patients_own_other_visit_is_in_the_way(
    search, clinic, patient, doctor, second_doctor, kind, hours, location
):
    calendar.room(location, "Room 2", position=1)
    calendar.open_week(location, second_doctor)
    booked(clinic, patient, doctor, kind, local(MONDAY, "10:00"))
    assert "10:00" in clocks(search(practitioners=[second_doctor]))
    assert "10:00" not in clocks(search(practitioners=[second_doctor], patient=patient))


def test_the_clinic_chooses_its_step(search, clinic, hours, owner):
    policies.decide(clinic, "scheduling.slot_step_minutes", 60, effective_on=MONDAY, by=owner, at=NOON)
    assert clocks(search()) == ["09:00", "10:00", "11:00", "12:00", "13:00", "14:00", "15:00", "16:00", "17:00"]


def test_a_visit_that_is_moved_does_not_stand_in_its_own_way(search, clinic, patient, doctor, kind, hours):
    visit = booked(clinic, patient, doctor, kind, local(MONDAY, "10:00"))
    assert "10:00" in clocks(search(leaving=visit, patient=patient))


@pytest.mark.parametrize(
    ("night", "hours_long", "offset"),
    [(date(2025, 3, 30), 5, "+02:00"), (date(2025, 10, 26), 7, "+01:00"), (date(2025, 6, 1), 6, "+02:00")],
)
def test_on_the_nights_of_the_clocks_there_are_as_many_times_as_hours(
    search, location, doctor, night, hours_long, offset
):
    calendar.open_week(location, doctor, starts=time(0), ends=time(6), days=[7])
    found = search(night)
    assert len(found) == hours_long * 4 - 1
    assert len({slot.starts_at for slot in found}) == len(found)
    assert found[-1].starts_at.astimezone(ZoneInfo("Europe/Madrid")).isoformat() == f"{night}T05:30:00{offset}"
    steps = {later.starts_at - sooner.starts_at for sooner, later in itertools.pairwise(found)}
    assert steps == {timedelta(minutes=15)}


def test_in_the_weeks_of_the_clocks_the_day_begins_at_nine(search, hours):
    for saturday in (date(2025, 3, 29), date(2025, 10, 25)):
        found = search(saturday, saturday + timedelta(days=2))
        starts = [slot.starts_at.astimezone(ZoneInfo("Europe/Madrid")) for slot in found]
        assert {moment.hour for moment in starts} == set(range(9, 18))
        assert {moment.date() for moment in starts} == {saturday, saturday + timedelta(days=2)}


def test_a_place_has_its_own_clock(clinic, search, doctor, room, owner):
    island = Location.objects.create(clinic=clinic, name="Tenerife", time_zone="Atlantic/Canary")
    calendar.room(island, "Room T")
    calendar.open_week(island, doctor)
    found = search()
    assert clocks(found, "Atlantic/Canary")[0] == "09:00"
    assert clocks(found)[0] == "10:00"
    assert {slot.location_id for slot in found} == {island.pk}


def test_every_offered_time_can_be_booked(search, clinic, patient, doctor, kind, hours):
    long = calendar.kind(clinic, "odd", minutes=50, buffer_before_minutes=5, buffer_after_minutes=10)
    booked(clinic, patient, doctor, kind, local(MONDAY, "11:20"))
    for slot in search(kind=long)[::5]:
        visit = booked(clinic, patient, doctor, long, slot.starts_at)
        changes.cancel(visit, reason="only looking", by=doctor.membership.user, at=NOON)


@pytest.mark.parametrize("people", [1, 12])
def test_any_number_of_people_and_days_is_one_question(
    api, clinic, front_desk, location, kind, people, django_assert_max_num_queries
):
    for number in range(people):
        doctor = hire(clinic, f"Doctor {number}", "practitioner", licence=f"Q-{number}").practitioner
        calendar.open_week(location, doctor)
    first = datetime.now(tz=ZoneInfo("Europe/Madrid")).date() + timedelta(days=1)
    url = f"/api/v1/slots/?kind={kind.pk}&from={first}&to={first + timedelta(days=13)}&practitioner={doctor.pk}"
    client = api(front_desk)
    with django_assert_max_num_queries(SLOT_QUERIES):
        assert client.get(url).json()["slots"]
