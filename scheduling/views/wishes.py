"""What somebody wants to book, read from the address: whom, what, when."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from common.dates import local_day
from scheduling import availability
from scheduling.forms.bookings import SHOWN_DAYS, Chosen, SearchForm, pages_of, read_slot
from scheduling.rules import windows
from scheduling.tables.offers import offers_of


@dataclass
class Wish:
    """A patient, a kind of visit, and the visit of a plan that it stands for."""

    clinic: Any
    patient: Any
    kind: Any
    visit: Any = None
    window: Any = None

    @property
    def zone(self) -> str:
        return str(self.visit.course.location.time_zone if self.visit else self.clinic.time_zone)

    @property
    def query(self) -> str:
        """The part of the address that says the wish again."""
        return urlencode({"visit": self.visit.pk} if self.visit else {"kind": self.kind.pk})

    def url(self, name: str) -> str:
        return f"{reverse(name, args=[self.patient.pk])}?{self.query}"

    @property
    def start_url(self) -> str:
        return f"{reverse('scheduling:appointment_book')}?patient={self.patient.pk}"

    @property
    def time_url(self) -> str:
        return self.url("scheduling:appointment_time")


def number(text: str | None) -> int:
    """Read a number of the address; anything else finds nothing."""
    if not text or not text.isdigit() or len(text) > 15:
        raise Http404
    return int(text)


def wish_of(request: Any, patient_pk: int) -> Wish:
    """Read the wish from the address; another clinic's things do not exist."""
    clinic = request.clinic
    patient = get_object_or_404(clinic.patients.live(), pk=patient_pk)
    if request.GET.get("visit"):
        visits = clinic.course_visits.select_related("course__location", "kind", "appointment")
        visit = get_object_or_404(visits, pk=number(request.GET["visit"]), course__patient=patient)
        window = None if visit.skipped else windows.of_visit(visit)
        return Wish(clinic, patient, visit.kind, visit, window)
    kind = get_object_or_404(clinic.appointment_kinds.active(), pk=number(request.GET.get("kind")))
    return Wish(clinic, patient, kind)


def people_of(clinic: Any) -> dict[int, str]:
    """The names of those who treat here, by number."""
    return {person.pk: str(person) for person in clinic.practitioners.active().with_person()}


def offered(
    request: Any, wish: Wish, *, default_practitioner: int | None = None, leaving: Any = None
) -> dict[str, Any]:
    """The free times of a week as a page shows them."""
    search, names, now = SearchForm(request.GET), people_of(wish.clinic), timezone.now()
    today = local_day(now, wish.zone)
    first = search.first_day(wish.window.earliest_on if wish.window else today, today=today)
    chosen = search.wanted if "practitioner" in request.GET else default_practitioner
    found = availability.slots(
        wish.clinic,
        kind=wish.kind,
        day_from=first,
        day_to=first + (SHOWN_DAYS - 1) * today.resolution,
        practitioners=[chosen] if chosen in names else None,
        location=wish.visit.course.location_id if wish.visit else None,
        patient=wish.patient,
        leaving=leaving,
        at=now,
    )
    return {
        "days": offers_of(found, zone=wish.zone, names=names, window=wish.window),
        "people": names,
        "chosen": chosen if chosen in names else None,
        "first": first,
        "last": first + (SHOWN_DAYS - 1) * today.resolution,
        "zone": wish.zone,
        **pages_of(first, today=today),
    }


def chosen_of(request: Any, zone: str) -> Chosen:
    """The time that was tapped, or typed by hand for somebody."""
    data = request.POST if request.method == "POST" else request.GET
    chosen = read_slot(data.get("slot", ""), zone)
    if chosen is None:
        raise Http404
    return chosen


def doctor_of(clinic: Any, chosen: Chosen) -> Any:
    """The practitioner of a chosen time."""
    people = clinic.practitioners.select_related("membership__user")
    return get_object_or_404(people, pk=chosen.practitioner_id)


def room_of(clinic: Any, chosen: Chosen) -> Any:
    """The room of a chosen time, where one was named."""
    return get_object_or_404(clinic.rooms, pk=chosen.room_id) if chosen.room_id else None
