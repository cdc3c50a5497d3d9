"""Sessions: opened, screened, recorded, signed once, then only amended."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.access import Permission, demand
from api.serializers.sessions import (
    AbandonBody,
    AddendumBody,
    AddendumSerializer,
    ScreeningBody,
    SessionBody,
    SessionEdit,
    SessionLineSerializer,
    SessionSerializer,
    SignOffBody,
    TimeOutBody,
    ZoneBody,
    ZoneSerializer,
)
from api.views.door import ClinicView
from formulations.rules.preparations import needs_proof
from treatments.actions import addenda, sessions, zones
from treatments.rules import gates

PATIENT = OpenApiParameter("patient", OpenApiTypes.INT, description="only the sessions of this patient")
STATE = OpenApiParameter("state", OpenApiTypes.STR, description="only sessions in this state")


class SessionView(ClinicView):
    """What the addresses of sessions share."""

    @property
    def rows(self) -> Any:
        return self.clinic.treatment_sessions.visible_to(self.request.user)

    def session(self, pk: int) -> Any:
        found = get_object_or_404(self.rows.select_related("patient", "location"), pk=pk)
        self.chart(found.patient)
        return found

    def whole(self, pk: int, status: int = 200) -> Response:
        return self.show(SessionSerializer, self.clinic.treatment_sessions.with_chart().get(pk=pk), status)

    def one(self, rows: Any, name: str, pk: Any) -> Any:
        """Fetch a row that the body names, or say that there is none."""
        if pk is None:
            return None
        found = rows.filter(pk=pk).first()
        if found is None:
            raise ValidationError({name: _("there is no such row in this clinic.")})
        return found

    def prove(self, findings: Any, overrides: Any) -> None:
        """Who goes past a block that policy leaves to them proves first who they are."""
        if overrides and needs_proof(findings, overrides):
            demand(self.request._request, [Permission.OVERRIDE_FINDINGS])


class Sessions(SessionView):
    """Sessions of the patients whom the member treats; open one."""

    permissions = {"GET": Permission.VIEW_SESSIONS, "POST": Permission.RECORD_SESSIONS}

    @extend_schema(parameters=[PATIENT, STATE], responses=SessionLineSerializer(many=True))
    def get(self, request) -> Response:
        rows, asked = self.rows.select_related("planned_session"), request.query_params
        if asked.get("patient"):
            rows = rows.filter(patient=asked["patient"]) if asked["patient"].isdecimal() else rows.none()
        if asked.get("state"):
            rows = rows.filter(state=asked["state"])
        return self.page(SessionLineSerializer, rows)

    @extend_schema(request=SessionBody, responses={201: SessionSerializer})
    def post(self, request) -> Response:
        body = self.body(SessionBody)
        planned = self.planned(body)
        self.chart(planned.plan.patient)
        session = sessions.open_session(
            planned,
            practitioner=self.one(self.clinic.practitioners.active(), "practitioner", body.get("practitioner")),
            appointment=self.one(self.clinic.appointments.live(), "appointment", body.get("appointment")),
            overrides=body["overrides"],
            by=request.user,
            at=timezone.now(),
        )
        return self.whole(session.pk, 201)

    def planned(self, body: dict[str, Any]) -> Any:
        """The planned session that is named, or the next one of the plan that is named."""
        plans = self.clinic.plans.visible_to(self.request.user)
        if "plan" in body:
            plan = get_object_or_404(plans, pk=body["plan"])
            planned = plan.planned_sessions.open().unopened().in_order().select_related("plan__patient").first()
            if planned is None:
                raise ValidationError({"plan": _("every session of this plan is open or done already.")})
            return planned
        rows = self.clinic.planned_sessions.filter(plan__in=plans).select_related("plan__patient")
        return get_object_or_404(rows, pk=body["planned_session"])


class SessionDetail(SessionView):
    """One session with everything in it."""

    permissions = {"GET": Permission.VIEW_SESSIONS, "PATCH": Permission.RECORD_SESSIONS}

    @extend_schema(responses=SessionSerializer)
    def get(self, request, pk: int) -> Response:
        return self.whole(self.session(pk).pk)

    @extend_schema(request=SessionEdit, responses=SessionSerializer)
    def patch(self, request, pk: int) -> Response:
        sessions.edit(self.session(pk), **self.body(SessionEdit), by=request.user, at=timezone.now())
        return self.whole(pk)


class SessionScreening(SessionView):
    """Write down today's answers; answered with what they mean."""

    permissions = {"POST": Permission.RECORD_SESSIONS}

    @extend_schema(request=ScreeningBody, responses=SessionSerializer)
    def post(self, request, pk: int) -> Response:
        session, body = self.session(pk), self.body(ScreeningBody)
        if body["overrides"]:
            found = gates.screening_findings(session, answers=body["answers"], at=timezone.now())
            self.prove(found, body["overrides"])
        sessions.screen(session, **body, by=request.user, at=timezone.now())
        return self.whole(pk)


class SessionTimeOut(SessionView):
    """Stop before the needle; everything is asked once more."""

    permissions = {"POST": Permission.RECORD_SESSIONS}

    @extend_schema(request=TimeOutBody, responses=SessionSerializer)
    def post(self, request, pk: int) -> Response:
        session, body, at = self.session(pk), self.body(TimeOutBody), timezone.now()
        if body["overrides"]:
            self.prove(gates.before_the_needle(session, by=request.user, at=at), body["overrides"])
        sessions.time_out(session, **body, by=request.user, at=at)
        return self.whole(pk)


class SessionZones(SessionView):
    """Record what went into one zone; both sides are answered as two rows."""

    permissions = {"POST": Permission.RECORD_SESSIONS}

    @extend_schema(request=ZoneBody, responses={201: ZoneSerializer(many=True)})
    def post(self, request, pk: int) -> Response:
        session, body, clinic = self.session(pk), self.body(ZoneBody), self.clinic
        zone = clinic.zones.current().filter(slug=body.pop("zone")).first()
        if zone is None:
            raise ValidationError({"zone": _("there is no such zone in this clinic.")})
        mixes = clinic.preparations.filter(session_preparation__session=session)
        rows = zones.add_zone(
            session,
            zone=zone,
            preparation=self.one(mixes, "preparation", body.pop("preparation", None)),
            device=self.one(clinic.devices.active(), "device", body.pop("device", None)),
            consumable_lot=self.one(clinic.lots.all(), "consumable_lot", body.pop("consumable_lot", None)),
            **body,
            by=request.user,
            at=timezone.now(),
        )
        shown = clinic.zone_applications.filter(pk__in=[row.pk for row in rows]).order_by("ordinal")
        shown = shown.select_related("zone").prefetch_related(
            "component_uses__ingredient", "component_uses__movement__lot"
        )
        return Response(ZoneSerializer(shown, many=True, context={"request": request}).data, status=201)


class SessionZone(SessionView):
    """Take a zone out that was recorded by mistake, while the session is open."""

    permissions = {"DELETE": Permission.RECORD_SESSIONS}

    @extend_schema(responses={204: None})
    def delete(self, request, pk: int, zone: int) -> Response:
        row = get_object_or_404(self.session(pk).zone_applications, pk=zone)
        zones.remove_zone(row, by=request.user, at=timezone.now())
        return Response(status=204)


class SessionSignOff(SessionView):
    """Close a session for good."""

    permissions = {"POST": Permission.SIGN_SESSIONS}

    @extend_schema(request=SignOffBody, responses=SessionSerializer)
    def post(self, request, pk: int) -> Response:
        sessions.sign_off(self.session(pk), **self.body(SignOffBody), by=request.user, at=timezone.now())
        return self.whole(pk)


class SessionAbandon(SessionView):
    """Give a session up in which nothing was injected."""

    permissions = {"POST": Permission.RECORD_SESSIONS}

    @extend_schema(request=AbandonBody, responses=SessionSerializer)
    def post(self, request, pk: int) -> Response:
        sessions.abandon(self.session(pk), **self.body(AbandonBody), by=request.user, at=timezone.now())
        return self.whole(pk)


class SessionAddenda(SessionView):
    """Add to a signed session what was remembered later."""

    permissions = {"POST": Permission.AMEND_SESSIONS}

    @extend_schema(request=AddendumBody, responses={201: AddendumSerializer})
    def post(self, request, pk: int) -> Response:
        addendum = addenda.add(self.session(pk), **self.body(AddendumBody), by=request.user, at=timezone.now())
        return self.show(AddendumSerializer, addendum, 201)
