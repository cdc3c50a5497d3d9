"""Booking at a million appointments: over HTTP beside a bare INSERT, and crowds that want one time."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from bench._servers import Client, served, token
from bench._turns import figure, in_turns
from bench.slots import searched

NEEDS = {"patients": 100_000, "appointments": 1_000_000}
PATH = "/api/v1/appointments/"
INSERT = """
INSERT INTO scheduling_appointment (clinic_id, patient_id, kind_id, practitioner_id, room_id, location_id, starts_at,
    ends_at, status, practitioner_busy, room_busy, device_busy, patient_busy, overlap_reason, note, cancel_reason, uid,
    sequence, booked_at, booked_by_id, changed_at)
SELECT %(clinic)s, %(patient)s, %(kind)s, %(practitioner)s, %(room)s, %(location)s, lower(span), upper(span), 'booked',
    tstzmultirange(span), tstzmultirange(span), '{}', tstzmultirange(span), '', '', '', gen_random_uuid(), 0, now(),
    %(by)s, now()
FROM (SELECT tstzrange(%(starts_at)s, %(ends_at)s)) each (span)
"""


def measure() -> Iterator[dict[str, Any]]:
    """One desk that books time after time; then twenty and fifty at once."""
    with served() as port:
        key = token()
        yield one_desk(Client(port, key), free_times(0, 9), free_times(10, 19))
        yield from crowds(port, key, free_times(20, 26))


def free_times(first_day: int, last_day: int) -> Iterator[dict[str, Any]]:
    """Free half-hours of some coming days, each with its practitioner's own room and a patient of its own."""
    from django.utils import timezone

    from clinic.volume.house import found
    from scheduling import availability

    clinic, kind, first, _people = searched()
    own = found(first, timezone.now())
    rooms, places = (dict(zip(own.practitioners, each, strict=True)) for each in (own.rooms, own.places))
    since = 10_000 + first_day * 1_000
    patients = clinic.patients.order_by("pk").values_list("pk", flat=True)[since : since + 9_000].iterator()
    days = {"day_from": first + timedelta(days=first_day), "day_to": first + timedelta(days=last_day)}
    slots = availability.slots(clinic, kind=kind, **days, at=timezone.now())
    whole = (slot for slot in slots if slot.starts_at.minute in (0, 30))
    for slot, patient in zip(whole, patients, strict=False):
        yield {
            "clinic": clinic.pk,
            "patient": patient,
            "kind": kind.pk,
            "practitioner": slot.practitioner_id,
            "room": rooms[slot.practitioner_id],
            "location": places[slot.practitioner_id],
            "starts_at": slot.starts_at.isoformat(),
            "ends_at": slot.ends_at.isoformat(),
        }


def one_desk(desk: Client, free: Iterator[dict[str, Any]], other: Iterator[dict[str, Any]]) -> dict[str, Any]:
    """Validation, rules, constraint, audit and history, beside one INSERT under the same constraints."""
    from django.db import connection

    from accounts.models import User

    by = User.objects.system().pk

    def ours() -> None:
        time = next(free)
        body = {name: time[name] for name in ("patient", "kind", "practitioner", "starts_at")}
        status, answer = desk.send("POST", PATH, body)
        if status != 201:
            raise RuntimeError(f"{status}: {answer}")

    def bare() -> None:
        with connection.cursor() as cursor:
            cursor.execute(INSERT, next(other) | {"by": by})

    value, limit = in_turns(ours, bare, each=40)
    return figure("booking_http", value, limit, 12)


def crowds(port: int, key: str, free: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Fifty and twenty clients at once: the figure is how many went through, the bar is one."""
    times = [time for time, _number in zip(free, range(2_000), strict=False)]
    for size in (20, 50):
        body = times.pop(0)
        yield winners(f"{size}_clients_one_time", port, key, [wish(body, times.pop(0)) for _ in range(size)])
    body = times.pop(0)
    quarter = [wish(body, times.pop(0), minutes=15 * (number % 2)) for number in range(50)]
    yield winners("50_clients_overlapping", port, key, quarter)
    one, other = neighbours(times)
    room = [wish((one, other)[n % 2], times.pop(0), room=one["room"]) for n in range(50)]
    yield winners("50_clients_one_room", port, key, room)
    yield moved(port, key, times)


def wish(time: dict[str, Any], whose: dict[str, Any], *, minutes: int = 0, room: int | None = None) -> tuple[str, Any]:
    """A booking of a time for somebody else's patient."""
    from datetime import datetime

    starts = datetime.fromisoformat(time["starts_at"]) + timedelta(minutes=minutes)
    body = {"patient": whose["patient"], "kind": time["kind"], "practitioner": time["practitioner"]}
    return PATH, body | {"starts_at": starts.isoformat()} | ({"room": room} if room else {})


def neighbours(times: list[dict[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two practitioners who are free at one moment."""
    for place, one in enumerate(times):
        for other in times[place + 1 : place + 50]:
            if other["starts_at"] == one["starts_at"] and other["practitioner"] != one["practitioner"]:
                times.remove(one)
                times.remove(other)
                return one, other
    raise RuntimeError("No two practitioners are free at one time.")


def moved(port: int, key: str, times: list[dict[str, Any]]) -> dict[str, Any]:
    """Twenty visits of one practitioner that all want to move to one time."""
    who = times[0]["practitioner"]
    own = [time for time in times if time["practitioner"] == who][:21]
    desk, visits = Client(port, key), []
    for time in own[1:]:
        status, answer = desk.send("POST", *wish(time, time))
        if status == 201:
            visits.append(answer["id"])
    wishes = [(f"{PATH}{visit}/move/", {"starts_at": own[0]["starts_at"]}) for visit in visits]
    return winners(f"{len(visits)}_visits_moved_to_one_time", port, key, wishes)


def winners(bench: str, port: int, key: str, wishes: list[tuple[str, Any]]) -> dict[str, Any]:
    """Send all at the same moment; anything but a yes or a slot_taken with alternatives counts as a second winner."""
    answers = at_once([lambda wish=wish: Client(port, key).send("POST", *wish) for wish in wishes])
    said = Counter(
        "yes" if status in (200, 201) else "no" if body.get("code") == "slot_taken" else "broken"
        for status, body in answers
    )
    value = said["yes"] + said["broken"] if said["yes"] else 2
    return figure(bench, value, 1, 1, "winners")


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """Call all of them together."""
    gate, answers = threading.Barrier(len(calls)), [None] * len(calls)

    def one(place: int) -> None:
        gate.wait()
        answers[place] = calls[place]()

    threads = [threading.Thread(target=one, args=[place]) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
