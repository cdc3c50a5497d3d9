"""The member behind the token, and the people and places of the clinic."""

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from accounts.access import Permission
from accounts.actions import members
from api.serializers.accounts import (
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
        return self.page(PractitionerSerializer, self.clinic.practitioners.active().with_person())


class Locations(ClinicView):
    """The places where the clinic works."""

    permissions = {"GET": Permission.WORK_HERE}

    @extend_schema(responses=LocationSerializer(many=True))
    def get(self, request) -> Response:
        return self.page(LocationSerializer, self.clinic.locations.all())
