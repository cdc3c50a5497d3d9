"""Visits, kinds of visit, rooms and free times, as the API says them."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.access import Permission, Scope, reach
from api.serializers.fields import Moment, StrictSerializer
from api.tables.lines import Line
from common.dates import zone_of
from common.refused import Refusal

LONGEST_SEARCH = timedelta(days=92)
ACTIONS = ("move", "unbook", "leave")


class VisitOverrideSerializer(StrictSerializer):
    """A finding that somebody goes past, and why."""

    code = serializers.CharField(max_length=40)
    reason = serializers.CharField(max_length=300)


class LaterSerializer(StrictSerializer):
    """What becomes of a later visit of the course that a change pushes out of its window."""

    visit = serializers.IntegerField()
    action = serializers.ChoiceField(choices=ACTIONS)
    starts_at = Moment(required=False)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["action"] == "move" and "starts_at" not in attrs:
            raise serializers.ValidationError({"starts_at": _("say when the visit shall be.")})
        return attrs


class BookingSerializer(StrictSerializer):
    """A visit to be booked."""

    patient = serializers.IntegerField()
    kind = serializers.IntegerField()
    practitioner = serializers.IntegerField()
    starts_at = Moment()
    room = serializers.IntegerField(required=False, allow_null=True)
    location = serializers.IntegerField(required=False, allow_null=True)
    planned_session = serializers.IntegerField(required=False, allow_null=True)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)
    overrides = VisitOverrideSerializer(many=True, required=False)


class MoveSerializer(StrictSerializer):
    """Another time for a visit."""

    starts_at = Moment()
    practitioner = serializers.IntegerField(required=False, allow_null=True)
    room = serializers.IntegerField(required=False, allow_null=True)
    later = LaterSerializer(many=True, required=False, allow_null=True)
    overrides = VisitOverrideSerializer(many=True, required=False)


class CancelSerializer(StrictSerializer):
    """Why a visit is called off."""

    reason = serializers.CharField(max_length=300)
    later = LaterSerializer(many=True, required=False, allow_null=True)


class StatusSerializer(StrictSerializer):
    """The step that a visit takes; the status before it undoes the last one."""

    status = serializers.ChoiceField(
        choices=["booked", "confirmed", "arrived", "in_room", "done", "left", "no_show", "cancelled"]
    )


class SlotQuerySerializer(serializers.Serializer):
    """What free times are looked for."""

    kind = serializers.IntegerField()
    practitioner = serializers.IntegerField(required=False)
    room = serializers.IntegerField(required=False)
    location = serializers.IntegerField(required=False)
    patient = serializers.IntegerField(required=False)

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "from": serializers.DateField(), "to": serializers.DateField()}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["from"] <= attrs["to"] <= attrs["from"] + LONGEST_SEARCH:
            raise serializers.ValidationError({"to": _("choose a day from the first one to 92 days after it.")})
        return attrs


class AppointmentQuerySerializer(serializers.Serializer):
    """Which visits are listed."""

    on = serializers.DateField(required=False)
    patient = serializers.IntegerField(required=False)
    practitioner = serializers.IntegerField(required=False)
    limit = serializers.IntegerField(required=False, min_value=1)


class VisitFindingSerializer(serializers.Serializer):
    """Something worth knowing about a booking that went through."""

    code = serializers.CharField()
    message = serializers.CharField()
    severity = serializers.CharField()
    source = serializers.CharField()
    fix_url = serializers.CharField()


class AppointmentSerializer(serializers.Serializer):
    """A visit; written out in one go, for a day has many."""

    id = serializers.IntegerField()
    patient = serializers.IntegerField()
    patient_name = serializers.CharField(allow_null=True)
    kind = serializers.IntegerField()
    kind_name = serializers.CharField()
    practitioner = serializers.IntegerField()
    practitioner_name = serializers.CharField()
    room = serializers.IntegerField(allow_null=True)
    location = serializers.IntegerField()
    time_zone = serializers.CharField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    status = serializers.CharField()
    planned_session = serializers.IntegerField(allow_null=True)
    overlap_reason = serializers.CharField()
    note = serializers.CharField()
    cancel_reason = serializers.CharField()
    findings = VisitFindingSerializer(many=True)

    def to_representation(self, appointment: Any) -> dict[str, Any]:
        visit = getattr(appointment, "course_visit", None)
        planned = getattr(visit, "planned_session", None)
        line = Line(
            id=appointment.pk,
            patient=appointment.patient_id,
            patient_name=str(appointment.patient),
            kind=appointment.kind_id,
            kind_name=appointment.kind.name,
            practitioner=appointment.practitioner_id,
            practitioner_name=str(appointment.practitioner),
            room=appointment.room_id,
            location=appointment.location_id,
            time_zone=appointment.zone.key,
            starts_at=appointment.starts_at,
            ends_at=appointment.ends_at,
            status=appointment.status,
            planned_session=planned.pk if planned else None,
            overlap_reason=appointment.overlap_reason,
            note=appointment.note,
            cancel_reason=appointment.cancel_reason,
        )
        return self.said(line, getattr(appointment, "findings", ()))

    def said(self, line: Line, findings: Iterable[Refusal] = ()) -> dict[str, Any]:
        """Write out a visit in the time of its place, without what the reader may not see."""
        zone, masked = zone_of(line.time_zone), self.is_masked
        return line._asdict() | {
            "patient_name": None if masked else line.patient_name,
            "starts_at": line.starts_at.astimezone(zone).isoformat(),
            "ends_at": line.ends_at.astimezone(zone).isoformat(),
            "overlap_reason": "" if masked else line.overlap_reason,
            "note": "" if masked else line.note,
            "cancel_reason": "" if masked else line.cancel_reason,
            "findings": [finding.as_dict() for finding in findings],
        }

    @cached_property
    def is_masked(self) -> bool:
        """Whether the reader sees that there is a visit, and neither who comes nor what was said of it."""
        return reach(self.context["request"].membership, Permission.VIEW_CALENDAR) == Scope.LIMITED


class KindSerializer(serializers.Serializer):
    """A sort of visit."""

    id = serializers.IntegerField()
    slug = serializers.CharField()
    name = serializers.CharField()
    minutes = serializers.IntegerField()
    buffer_before_minutes = serializers.IntegerField()
    buffer_after_minutes = serializers.IntegerField()
    needs_course = serializers.BooleanField()
    needs_room = serializers.BooleanField()
    device = serializers.CharField(source="device_slug")
    is_consultation = serializers.BooleanField()
    in_portal = serializers.BooleanField()
    rooms = serializers.SerializerMethodField()

    def get_rooms(self, kind: Any) -> list[int]:
        return [room.pk for room in kind.rooms.all()]


class RoomSerializer(serializers.Serializer):
    """A room."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    location = serializers.IntegerField(source="location_id")


class SlotSerializer(serializers.Serializer):
    """A time at which a visit could be booked."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    practitioner = serializers.IntegerField()
    room = serializers.IntegerField(allow_null=True)
    location = serializers.IntegerField()


class SlotsSerializer(serializers.Serializer):
    """Free times, and the zone in which they are written."""

    slots = SlotSerializer(many=True)
    time_zone = serializers.CharField()
