"""Outcome measures."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from accounts.access import Permission
from api.serializers.outcomes import OutcomeRateSerializer, OutcomeSerializer
from api.views.plans import PlanView
from treatments.actions import outcomes


class Outcomes(PlanView):
    """Scores of the patients whom the member treats, newest first; score new answers."""

    permissions = {"GET": Permission.VIEW_OUTCOMES, "POST": Permission.RECORD_OUTCOMES}

    @extend_schema(responses=OutcomeSerializer(many=True))
    def get(self, request) -> Response:
        rows = self.clinic.outcomes.visible_to(request.user).standing().select_related("zone")
        asked = request.query_params.get("patient", "")
        return self.page(OutcomeSerializer, rows.filter(patient=asked) if asked.isdigit() else rows)

    @extend_schema(request=OutcomeRateSerializer, responses={201: OutcomeSerializer})
    def post(self, request) -> Response:
        given = self.body(OutcomeRateSerializer)
        patient = get_object_or_404(self.clinic.patients.visible_to(request.user), pk=given.pop("patient"))
        self.chart(patient)
        session, plan, zone = (given.pop(name, None) for name in ("session", "plan", "zone"))
        outcome = outcomes.rate(
            patient,
            session=self.one(patient.treatment_sessions.all(), "session", pk=session) if session else None,
            plan=self.one(patient.plans.all(), "plan", pk=plan) if plan else None,
            zone=self.one(self.clinic.zones.current(), "zone", slug=zone) if zone else None,
            **given,
            by=request.user,
            at=timezone.now(),
        )
        return self.show(OutcomeSerializer, outcome, 201)
