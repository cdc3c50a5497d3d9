"""Consents: presented, signed, withdrawn."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from accounts.access import Permission, demand
from api.serializers.consents import (
    ConsentPresentSerializer,
    ConsentSerializer,
    ConsentSignSerializer,
    ConsentWithdrawSerializer,
)
from api.views.door import ClinicView
from patients.access import reachable
from treatments.actions import consents


class ConsentView(ClinicView):
    """What the resources of consents share."""

    @property
    def rows(self):
        return self.clinic.consents.visible_to(self.request.user).with_substance()

    def found(self, pk):
        consent = get_object_or_404(self.rows, pk=pk)
        self.chart(consent.patient)
        return consent


class Consents(ConsentView):
    """Consents of the clinic, newest first; present one for a plan."""

    permissions = {"GET": Permission.VIEW_CONSENTS, "POST": Permission.SEND_CONSENTS}

    @extend_schema(responses=ConsentSerializer(many=True))
    def get(self, request) -> Response:
        return self.page(ConsentSerializer, self.rows)

    @extend_schema(request=ConsentPresentSerializer, responses={201: ConsentSerializer})
    def post(self, request) -> Response:
        given = self.body(ConsentPresentSerializer)
        plan = get_object_or_404(self.clinic.plans.filter(patient__in=reachable(request)), pk=given.pop("plan"))
        consent = consents.present(plan, **given, by=request.user, at=timezone.now())
        return self.show(ConsentSerializer, consent, 201)


class ConsentDetail(ConsentView):
    """One consent."""

    permissions = {"GET": Permission.VIEW_CONSENTS}

    @extend_schema(responses=ConsentSerializer)
    def get(self, request, pk: int) -> Response:
        return self.show(ConsentSerializer, self.found(pk))


class ConsentSign(ConsentView):
    """Sign: the patient's strokes with a witness of the staff, or the practitioner's own."""

    permissions = {"POST": (Permission.WITNESS_CONSENTS, Permission.COUNTERSIGN_CONSENTS)}

    @extend_schema(request=ConsentSignSerializer, responses=ConsentSerializer)
    def post(self, request, pk: int) -> Response:
        consent = self.found(pk)
        given = self.body(ConsentSignSerializer)
        if given["role"] == "practitioner":
            demand(request._request, [Permission.COUNTERSIGN_CONSENTS])
        consent = consents.sign(
            consent,
            **given,
            witness=given["role"] == "patient",
            ip=request.META.get("REMOTE_ADDR", ""),
            user_agent=request.META.get("HTTP_USER_AGENT", ""),
            by=request.user,
            at=timezone.now(),
        )
        return self.show(ConsentSerializer, consent)


class ConsentWithdraw(ConsentView):
    """Take a consent back."""

    permissions = {"POST": Permission.SEND_CONSENTS}

    @extend_schema(request=ConsentWithdrawSerializer, responses=ConsentSerializer)
    def post(self, request, pk: int) -> Response:
        consent = self.found(pk)
        given = self.body(ConsentWithdrawSerializer)
        consent = consents.withdraw(consent, **given, by=request.user, at=timezone.now())
        return self.show(ConsentSerializer, consent)
