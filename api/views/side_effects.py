"""Side effects: reported with their suspects, moved on, closed."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.access import Permission
from api.serializers.formulations import ReasonBody
from api.serializers.side_effects import CloseBody, FindingBody, SideEffectBody, SideEffectSerializer, StepBody
from api.views.door import ClinicView
from safety.actions import reviews, side_effects

PATIENT = OpenApiParameter("patient", OpenApiTypes.INT, description="only the side effects of this patient")
STATE = OpenApiParameter("state", OpenApiTypes.STR, description="only cases in this state")

RED = OpenApiParameter("red", OpenApiTypes.BOOL, description="only the red ones, or only the others")


class SideEffectView(ClinicView):
    """What the addresses of side effects share."""

    @property
    def rows(self) -> Any:
        return self.clinic.side_effects.with_list()

    def case(self, pk: int) -> Any:
        found = get_object_or_404(self.rows, pk=pk)
        self.chart(found.patient)
        return found

    def one(self, rows: Any, name: str, **wanted: Any) -> Any:
        """Fetch a row that the body names, or say that there is none."""
        if None in wanted.values():
            return None
        found = rows.filter(**wanted).first()
        if found is None:
            raise ValidationError({name: _("there is no such row here.")})
        return found


class SideEffects(SideEffectView):
    """Side effects, red ones first; report one."""

    permissions = {"GET": Permission.VIEW_SIDE_EFFECTS, "POST": Permission.RECORD_SIDE_EFFECTS}

    @extend_schema(parameters=[PATIENT, STATE, RED], responses=SideEffectSerializer(many=True))
    def get(self, request) -> Response:
        rows, asked = self.rows, request.query_params
        if asked.get("patient"):
            rows = rows.filter(patient=asked["patient"]) if asked["patient"].isdecimal() else rows.none()
        if asked.get("state"):
            rows = rows.filter(state=asked["state"])
        if asked.get("red"):
            rows = rows.filter(is_red=asked["red"] == "true")
        return self.page(SideEffectSerializer, rows, ordering=("-is_red", "-pk"))

    @extend_schema(request=SideEffectBody, responses={201: SideEffectSerializer})
    def post(self, request) -> Response:
        body = self.body(SideEffectBody)
        patient = get_object_or_404(self.clinic.patients.live(), pk=body.pop("patient"))
        self.chart(patient)
        named = {
            "session": self.one(patient.treatment_sessions, "session", pk=body.pop("session", None)),
            "zone": self.one(self.clinic.zones.current(), "zone", slug=body.pop("zone", None)),
        }
        case = side_effects.report(patient, **named, **body, by=request.user, at=timezone.now())
        return self.show(SideEffectSerializer, self.rows.get(pk=case.pk), 201)


class SideEffectDetail(SideEffectView):
    """One side effect with its suspects."""

    permissions = {"GET": Permission.VIEW_SIDE_EFFECTS}

    @extend_schema(responses=SideEffectSerializer)
    def get(self, request, pk: int) -> Response:
        return self.show(SideEffectSerializer, self.case(pk))


class SideEffectReview(SideEffectView):
    """Correct a case after looking at it; what a patient told stays as it was said."""

    permissions = {"POST": Permission.RECORD_SIDE_EFFECTS}

    @extend_schema(request=FindingBody, responses=SideEffectSerializer)
    def post(self, request, pk: int) -> Response:
        case, body = self.case(pk), self.body(FindingBody)
        zone = self.one(self.clinic.zones.current(), "zone", slug=body.pop("zone", None))
        reviews.review(case, zone=zone, **body, by=request.user, at=timezone.now())
        return self.show(SideEffectSerializer, self.rows.get(pk=pk))


class SideEffectMove(SideEffectView):
    """Take a case a step on."""

    permissions = {"POST": Permission.RECORD_SIDE_EFFECTS}

    @extend_schema(request=StepBody, responses=SideEffectSerializer)
    def post(self, request, pk: int) -> Response:
        side_effects.move(self.case(pk), **self.body(StepBody), by=request.user, at=timezone.now())
        return self.show(SideEffectSerializer, self.rows.get(pk=pk))


class SideEffectClose(SideEffectView):
    """Close a case with its outcome."""

    permissions = {"POST": Permission.RECORD_SIDE_EFFECTS}

    @extend_schema(request=CloseBody, responses=SideEffectSerializer)
    def post(self, request, pk: int) -> Response:
        side_effects.close(self.case(pk), **self.body(CloseBody), by=request.user, at=timezone.now())
        return self.show(SideEffectSerializer, self.rows.get(pk=pk))


class SideEffectLift(SideEffectView):
    """Let a plan go on although its side effect is open."""

    permissions = {"POST": Permission.EDIT_PLANS}

    @extend_schema(request=ReasonBody, responses=SideEffectSerializer)
    def post(self, request, pk: int) -> Response:
        side_effects.lift(self.case(pk), **self.body(ReasonBody), by=request.user, at=timezone.now())
        return self.show(SideEffectSerializer, self.rows.get(pk=pk))
