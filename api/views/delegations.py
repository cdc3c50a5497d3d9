"""Delegations: who records and injects in a practitioner's place."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from accounts.access import Permission
from api.serializers.delegations import DelegationBody, DelegationSerializer
from api.views.door import ClinicView
from api.views.formulations import found
from common.dates import local_day
from treatments.actions import delegations


class Delegations(ClinicView):
    """The delegations that stand today; a practitioner gives one in their own name."""

    permissions = {"GET": Permission.VIEW_ORDERS, "POST": Permission.SIGN_ORDERS}

    @extend_schema(responses=DelegationSerializer(many=True))
    def get(self, request) -> Response:
        today = local_day(timezone.now(), self.clinic.time_zone)
        return self.page(DelegationSerializer, self.clinic.delegations.standing(today).with_people())

    @extend_schema(request=DelegationBody, responses={201: DelegationSerializer})
    def post(self, request) -> Response:
        body = self.body(DelegationBody)
        practitioner = get_object_or_404(self.clinic.practitioners, membership__user=request.user)
        colleague = found(self.clinic.memberships.active().select_related("user", "clinic"), body.pop("membership"))
        given = delegations.give(practitioner, membership=colleague, **body, by=request.user, at=timezone.now())
        return self.show(DelegationSerializer, given, 201)


class DelegationEnd(ClinicView):
    """Take a delegation back."""

    permissions = {"POST": Permission.SIGN_ORDERS}

    @extend_schema(request=None, responses=DelegationSerializer)
    def post(self, request, pk: int) -> Response:
        delegation = get_object_or_404(self.clinic.delegations.with_people(), pk=pk)
        return self.show(DelegationSerializer, delegations.end(delegation, by=request.user, at=timezone.now()))
