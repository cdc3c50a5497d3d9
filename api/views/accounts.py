"""The member behind the token, and the people and places of the clinic."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from accounts.access import Permission
from accounts.actions import members
from api.serializers.accounts import (
    GrantSerializer,
    HeldSerializer,
    LocationSerializer,
    MeSerializer,
    PractitionerSerializer,
    StepUpProofSerializer,
    StepUpSerializer,
)
from api.views.door import ClinicView
from common.refused import Refused


class Me(ClinicView):
    """Who the token stands for, and what they may do."""

    permissions = {"GET": Permission.WORK_HERE}

    @extend_schema(responses=MeSerializer)
    def get(self, request):
        return self.show(MeSerializer, request.membership)


class MyStepUp(ClinicView):
    """Confirm who you are before an act that asks for it."""

    permissions = {"POST": Permission.WORK_HERE}

    @extend_schema(request=StepUpSerializer, responses={201: StepUpProofSerializer})
    def post(self, request):
        given = self.body(StepUpSerializer)
        if not members.confirms(request.user, **given):
            raise Refused("step_up_required", _("The password or code is not right."))
        proof = members.step_up(request.membership, by=request.user, at=timezone.now())
        return self.show(StepUpProofSerializer, proof, 201)


class Practitioners(ClinicView):
    """The people who treat here."""

    permissions = {"GET": Permission.VIEW_CALENDAR}

    @extend_schema(responses=PractitionerSerializer(many=True))
    def get(self, request) -> Response:
        return self.page(PractitionerSerializer, self.clinic.practitioners.active().with_person().with_competences())


class PractitionerCompetences(ClinicView):
    """What somebody who treats was trained for."""

    permissions = {"GET": Permission.VIEW_CALENDAR, "POST": Permission.MANAGE_STAFF}

    @extend_schema(responses=HeldSerializer(many=True))
    def get(self, request, pk) -> Response:
        return self.page(HeldSerializer, self.practitioner(pk).held_competences.select_related("competence"))

    @extend_schema(request=GrantSerializer, responses={201: HeldSerializer})
    def post(self, request, pk) -> Response:
        practitioner = self.practitioner(pk)
        given = self.body(GrantSerializer)
        held = members.grant_competence(practitioner, **given, by=request.user, at=timezone.now())
        return self.show(HeldSerializer, held, 201)

    def practitioner(self, pk):
        return get_object_or_404(self.clinic.practitioners.with_person(), pk=pk)


class CompetenceEnd(ClinicView):
    """Let a competence of somebody count no longer."""

    permissions = {"POST": Permission.MANAGE_STAFF}

    @extend_schema(request=None, responses=HeldSerializer)
    def post(self, request, pk) -> Response:
        held = get_object_or_404(self.clinic.practitioner_competences.with_names(), pk=pk)
        return self.show(HeldSerializer, members.end_competence(held, by=request.user, at=timezone.now()))


class Locations(ClinicView):
    """The places where the clinic works."""

    permissions = {"GET": Permission.WORK_HERE}

    @extend_schema(responses=LocationSerializer(many=True))
    def get(self, request) -> Response:
        return self.page(LocationSerializer, self.clinic.locations.all())
