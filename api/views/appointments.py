"""The calendar: kinds of visit, rooms, free times, visits."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from accounts.access import Permission, Scope, reach
from accounts.tables.practitioners import practitioner_of
from api.serializers.appointments import (
    AppointmentQuerySerializer,
    AppointmentSerializer,
    BookingSerializer,
    CancelSerializer,
    KindSerializer,
    MoveSerializer,
    RoomSerializer,
    SlotQuerySerializer,
    SlotsSerializer,
    StatusSerializer,
)
from api.tables.lines import lines
from api.views.door import ClinicView
from common.dates import zone_of
from patients.access import live_patient
from scheduling import availability
from scheduling.actions import bookings, changes


def asked(name: str, kind: Any = OpenApiTypes.INT, *, required: bool = False) -> OpenApiParameter:
    """A parameter of the address, for the description."""
    return OpenApiParameter(name, kind, OpenApiParameter.QUERY, required=required)


class AppointmentKinds(ClinicView):
    """What can be booked."""

    permissions = {"GET": Permission.VIEW_CALENDAR}

    @extend_schema(responses=KindSerializer(many=True))
    def get(self, request) -> Response:
        kinds = self.clinic.appointment_kinds.active().prefetch_related("rooms")
        return self.page(KindSerializer, kinds, ordering=("position", "pk"))


class Rooms(ClinicView):
    """The rooms in which visits take place."""

    permissions = {"GET": Permission.VIEW_CALENDAR}

    @extend_schema(responses=RoomSerializer(many=True))
    def get(self, request) -> Response:
        return self.page(RoomSerializer, self.clinic.rooms.active(), ordering=("position", "pk"))


class Slots(ClinicView):
    """Free times of a kind of visit, from one day to another, both included."""

    permissions = {"GET": Permission.VIEW_CALENDAR}

    @extend_schema(
        parameters=[
            asked("kind", required=True),
            asked("from", OpenApiTypes.DATE, required=True),
            asked("to", OpenApiTypes.DATE, required=True),
            *map(asked, ("practitioner", "room", "location", "patient")),
        ],
        responses=SlotsSerializer,
    )
    def get(self, request) -> Response:
        wanted = read(SlotQuerySerializer, request)
        kind = kind_or_404(self.clinic, wanted["kind"], active=True)
        found = availability.slots(
            self.clinic,
            kind=kind,
            day_from=wanted["from"],
            day_to=wanted["to"],
            practitioners=[wanted["practitioner"]] if "practitioner" in wanted else None,
            room=wanted.get("room"),
            location=wanted.get("location"),
            patient=wanted.get("patient"),
            at=timezone.now(),
        )
        if not found or "patient" in wanted:
            self.insist_on_ours(wanted)
        zone = zone_of(self.clinic.time_zone)
        rows = [
            {
                "starts_at": slot.starts_at.astimezone(zone).isoformat(),
                "ends_at": slot.ends_at.astimezone(zone).isoformat(),
                "practitioner": slot.practitioner_id,
                "room": slot.room_id,
                "location": slot.location_id,
            }
            for slot in found
        ]
        return Response({"slots": rows, "time_zone": zone.key})

    def insist_on_ours(self, wanted: dict[str, Any]) -> None:
        """Answer 404 for a person, room or place of another clinic; what was found needs no second look."""
        sources = {"practitioner": "practitioners", "room": "rooms", "location": "locations", "patient": "patients"}
        named = [name for name in sources if name in wanted]
        looks = [getattr(self.clinic, sources[name]).filter(pk=wanted[name]).values_list("pk") for name in named]
        if looks and len(looks[0].union(*looks[1:], all=True)) < len(named):
            raise NotFound


class CalendarView(ClinicView):
    """What every resource of the calendar finds by its number, in this clinic only."""

    def practitioner(self, pk: int | None) -> Any:
        found = practitioner_of(self.clinic, pk) if pk else None
        if pk and found is None:
            raise NotFound
        return found

    def room(self, pk: int | None) -> Any:
        return get_object_or_404(self.clinic.rooms, pk=pk) if pk else None

    def location(self, pk: int | None) -> Any:
        return get_object_or_404(self.clinic.locations, pk=pk) if pk else None

    def visit(self, planned_session: int | None) -> Any:
        if not planned_session:
            return None
        return get_object_or_404(self.clinic.course_visits, planned_session__pk=planned_session)

    def appointment(self, pk: int) -> Any:
        rows = self.clinic.appointments.with_day_list().select_related("course_visit__planned_session")
        return get_object_or_404(rows, pk=pk)


class Appointments(CalendarView):
    """The visits of the clinic, and new ones."""

    permissions = {"GET": Permission.VIEW_CALENDAR, "POST": Permission.BOOK_APPOINTMENTS}

    @extend_schema(
        parameters=[asked("on", OpenApiTypes.DATE), asked("patient"), asked("practitioner")],
        responses=AppointmentSerializer(many=True),
    )
    def get(self, request) -> Response:
        wanted = read(AppointmentQuerySerializer, request)
        rows = self.clinic.appointments.values("pk", "starts_at")
        if "on" in wanted:
            rows = rows.on(wanted["on"], self.clinic.time_zone)
        for name in ("patient", "practitioner"):
            if name in wanted:
                rows = rows.filter(**{name: wanted[name]})
        said = AppointmentSerializer(context={"request": request}).said
        return self.listed(
            rows, lambda found: map(said, lines(self.clinic, [each["pk"] for each in found])), ("starts_at", "pk")
        )

    @extend_schema(request=BookingSerializer, responses={201: AppointmentSerializer})
    def post(self, request) -> Response:
        given = self.body(BookingSerializer)
        appointment = bookings.book(
            self.clinic,
            patient=live_patient(self.clinic, given["patient"]),
            kind=kind_or_404(self.clinic, given["kind"]),
            practitioner=self.practitioner(given["practitioner"]),
            starts_at=given["starts_at"],
            room=self.room(given.get("room")),
            location=self.location(given.get("location")),
            course_visit=self.visit(given.get("planned_session")),
            overrides=given.get("overrides", ()),
            note=given.get("note", ""),
            by=request.user,
            at=timezone.now(),
        )
        return self.show(AppointmentSerializer, appointment, 201)


class AppointmentDetail(CalendarView):
    """One visit."""

    permissions = {"GET": Permission.VIEW_CALENDAR}

    @extend_schema(responses=AppointmentSerializer)
    def get(self, request, pk: int) -> Response:
        appointment = self.appointment(pk)
        if reach(request.membership, Permission.VIEW_CALENDAR) != Scope.LIMITED:
            self.chart(appointment.patient)
        return self.show(AppointmentSerializer, appointment)


class AppointmentMove(CalendarView):
    """Give a visit another time."""

    permissions = {"POST": Permission.BOOK_APPOINTMENTS}

    @extend_schema(request=MoveSerializer, responses=AppointmentSerializer)
    def post(self, request, pk: int) -> Response:
        appointment, given = self.appointment(pk), self.body(MoveSerializer)
        moved = changes.move(
            appointment,
            starts_at=given["starts_at"],
            practitioner=self.practitioner(given.get("practitioner")),
            room=self.room(given.get("room")),
            later=given.get("later"),
            overrides=given.get("overrides", ()),
            by=request.user,
            at=timezone.now(),
        )
        return self.show(AppointmentSerializer, moved)


class AppointmentCancel(CalendarView):
    """Call a visit off."""

    permissions = {"POST": Permission.BOOK_APPOINTMENTS}

    @extend_schema(request=CancelSerializer, responses=AppointmentSerializer)
    def post(self, request, pk: int) -> Response:
        appointment, given = self.appointment(pk), self.body(CancelSerializer)
        cancelled = changes.cancel(
            appointment, reason=given["reason"], later=given.get("later"), by=request.user, at=timezone.now()
        )
        return self.show(AppointmentSerializer, cancelled)


class AppointmentStatus(CalendarView):
    """Take a visit one step on, or one step back."""

    permissions = {"POST": Permission.BOOK_APPOINTMENTS}

    @extend_schema(request=StatusSerializer, responses=AppointmentSerializer)
    def post(self, request, pk: int) -> Response:
        appointment, given = self.appointment(pk), self.body(StatusSerializer)
        changed = changes.set_status(appointment, status=given["status"], by=request.user, at=timezone.now())
        return self.show(AppointmentSerializer, changed)


def kind_or_404(clinic: Any, pk: int, *, active: bool = False) -> Any:
    """A kind of visit of this clinic, with what it takes; `active` where it must be one that can be booked."""
    kind = availability.kind_of(clinic, pk)
    if kind is None or (active and not kind.is_active):
        raise NotFound
    return kind


def read(serializer: Any, request: Any) -> dict[str, Any]:
    """Read the address's parameters, or answer 400 with every error at once."""
    cleaned = serializer(data=request.query_params.dict())
    cleaned.is_valid(raise_exception=True)
    return dict(cleaned.validated_data)
