"""Protocols, plans, phase decisions and declined requests."""

from typing import ClassVar

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.access import Permission, demand
from api.serializers.plans import (
    DeclinedSerializer,
    DeclineSerializer,
    PhaseDecisionSerializer,
    PlanEndSerializer,
    PlanSerializer,
    PlanStartSerializer,
    ProtocolSerializer,
    ReasonSerializer,
)
from api.views.door import ClinicView
from formulations.rules.preparations import needs_proof
from treatments.actions import declines, plans
from treatments.rules import plans as rules
from treatments.rules import schedules


class Protocols(ClinicView):
    """How it is treated, with the evidence."""

    permissions = {"GET": Permission.VIEW_CATALOGUE}

    @extend_schema(responses=ProtocolSerializer(many=True))
    def get(self, request) -> Response:
        return self.page(ProtocolSerializer, self.clinic.protocols.current())


class PlanView(ClinicView):
    """What the resources of plans share."""

    @property
    def rows(self):
        return self.clinic.plans.visible_to(self.request.user).with_chart()

    def found(self, pk):
        plan = get_object_or_404(self.rows, pk=pk)
        self.chart(plan.patient)
        return plan

    def one(self, rows, name, **wanted):
        found = rows.filter(**wanted).first()
        if found is None:
            raise ValidationError({name: _("there is no such row in this clinic.")})
        return found


class Plans(PlanView):
    """Agree a plan."""

    permissions = {"GET": Permission.VIEW_PLANS, "POST": Permission.EDIT_PLANS}

    @extend_schema(responses=PlanSerializer(many=True))
    def get(self, request) -> Response:
        return self.page(PlanSerializer, self.rows)

    @extend_schema(request=PlanStartSerializer, responses={201: PlanSerializer})
    def post(self, request) -> Response:
        given = self.body(PlanStartSerializer)
        clinic = self.clinic
        patient = get_object_or_404(clinic.patients.visible_to(request.user).live(), pk=given["patient"])
        ingredients = [
            self.one(clinic.ingredients.current(), "ingredients", slug=slug) for slug in given.get("ingredients") or ()
        ]
        version = None
        if given.get("formulation"):
            formulation = self.one(clinic.formulations.all(), "formulation", pk=given["formulation"])
            version = self.one(formulation.versions.approved().order_by("-number"), "formulation")
        protocol = self.one(clinic.protocols.current(), "protocol", slug=given["protocol"])
        self.prove(patient, protocol, ingredients, version, given.get("overrides") or ())
        plan = plans.start(
            patient,
            protocol=protocol,
            start_on=given["start_on"],
            practitioner=self.one(clinic.practitioners.active(), "practitioner", pk=given["practitioner"]),
            sessions=given.get("sessions"),
            version=version,
            ingredients=ingredients or None,
            price_per_session=given.get("price"),
            language=given.get("language", ""),
            aim=given.get("aim", ""),
            team=self.team(given.get("care_team") or ()),
            overrides=given.get("overrides") or (),
            by=request.user,
            at=timezone.now(),
        )
        return self.show(PlanSerializer, self.clinic.plans.with_chart().get(pk=plan.pk), 201)

    def team(self, numbers) -> list:
        """Give the colleagues who are named to the patient's team: practitioners, by their number."""
        if numbers:
            demand(self.request._request, [Permission.EDIT_PATIENTS])
        people = self.clinic.practitioners.active().select_related("membership")
        return [self.one(people, "care_team", pk=number).membership for number in numbers]

    def prove(self, patient, protocol, ingredients, version, overrides) -> None:
        """Who overrides a block that policy leaves to them proves first who they are."""
        if not overrides:
            return
        substances = schedules.substances_of(protocol, version=version, ingredients=ingredients)
        slugs = [row.slug for row in substances]
        if needs_proof(rules.suitability(patient, protocol=protocol, slugs=slugs, at=timezone.now()), overrides):
            demand(self.request._request, [Permission.OVERRIDE_FINDINGS])


class PlanDetail(PlanView):
    """One plan with its sessions."""

    permissions = {"GET": Permission.VIEW_PLANS}

    @extend_schema(responses=PlanSerializer)
    def get(self, request, pk: int) -> Response:
        return self.show(PlanSerializer, self.found(pk))


class PlanState(PlanView):
    """Pause a plan, let it go on, or end it; each says why."""

    permissions = {"POST": Permission.EDIT_PLANS}
    act = staticmethod(plans.pause)
    extra: ClassVar[dict[str, str]] = {}

    @extend_schema(request=ReasonSerializer, responses=PlanSerializer)
    def post(self, request, pk: int) -> Response:
        plan, given = self.found(pk), self.body(ReasonSerializer)
        self.act(plan, **given, **self.extra, by=request.user, at=timezone.now())
        return self.show(PlanSerializer, self.found(pk))


class PlanPause(PlanState):
    """Stop a plan for now."""


class PlanResume(PlanState):
    """Let a plan go on that was paused by hand."""

    act = staticmethod(plans.resume)
    extra: ClassVar[dict[str, str]] = {"code": "plan_paused"}


class PlanReview(PlanState):
    """Say why a plan goes on that asked for a review."""

    act = staticmethod(plans.review)


class PlanEnd(PlanView):
    """End a plan; what is left of it is left out, and booked visits are cancelled with it if that is said."""

    permissions = {"POST": Permission.EDIT_PLANS}
    act = staticmethod(plans.discontinue)

    @extend_schema(request=PlanEndSerializer, responses=PlanSerializer)
    def post(self, request, pk: int) -> Response:
        plan, given = self.found(pk), self.body(PlanEndSerializer)
        self.act(plan, **given, by=request.user, at=timezone.now())
        return self.show(PlanSerializer, self.found(pk))


class PlanDiscontinue(PlanEnd):
    """End a plan before its last session."""


class PlanComplete(PlanEnd):
    """End a plan whose sessions were given."""

    act = staticmethod(plans.complete)


class PlanPhaseDecision(PlanView):
    """Decide whether the plan moves on to its longer interval."""

    permissions = {"POST": Permission.EDIT_PLANS}

    @extend_schema(request=PhaseDecisionSerializer, responses=PlanSerializer)
    def post(self, request, pk: int) -> Response:
        plan = self.found(pk)
        plans.decide_phase(plan, **self.body(PhaseDecisionSerializer), by=request.user, at=timezone.now())
        return self.show(PlanSerializer, self.found(pk))


class PlanReassessment(PlanView):
    """Record that a practitioner looked again after a long gap."""

    permissions = {"POST": Permission.EDIT_PLANS}

    @extend_schema(request=ReasonSerializer, responses=PlanSerializer)
    def post(self, request, pk: int) -> Response:
        plan = self.found(pk)
        plans.reassess(plan, **self.body(ReasonSerializer), by=request.user, at=timezone.now())
        return self.show(PlanSerializer, self.found(pk))


class Declines(PlanView):
    """Requests that the clinic refused."""

    permissions = {"POST": Permission.EDIT_PLANS}

    @extend_schema(request=DeclineSerializer, responses={201: DeclinedSerializer})
    def post(self, request) -> Response:
        given = self.body(DeclineSerializer)
        patient = get_object_or_404(self.clinic.patients.visible_to(request.user).live(), pk=given.pop("patient"))
        protocol = self.one(self.clinic.protocols.current(), "protocol", slug=given.pop("protocol"))
        declined = declines.decline(patient, protocol=protocol, **given, by=request.user, at=timezone.now())
        return self.show(DeclinedSerializer, declined, 201)
