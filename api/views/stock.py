"""Lots and their ledger, opened packs, and mixes that were really drawn."""

from dataclasses import asdict
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response

from accounts.access import Permission, Scope, demand
from api.serializers.formulations import ReasonBody
from api.serializers.stock import (
    ExposureSerializer,
    LotBody,
    LotDetailSerializer,
    LotSerializer,
    MovementBody,
    MovementSerializer,
    PackBody,
    PackSerializer,
    PreparationBody,
    PreparationSerializer,
)
from api.views.door import ClinicView
from api.views.formulations import found
from formulations.actions import lots, packs, preparations
from formulations.mixing import shown
from formulations.rules import stock
from formulations.rules.mix import drawn_as_asked
from formulations.rules.preparations import needs_proof
from treatments.actions import sessions
from treatments.rules import exposure, mix

PRODUCT = OpenApiParameter("product", OpenApiTypes.INT, description="only the lots of this product")


class Lots(ClinicView):
    """What is in stock, lot by lot, those to be used up first in front."""

    permissions = {"GET": Permission.VIEW_STOCK, "POST": Permission.RECEIVE_STOCK}

    @extend_schema(parameters=[PRODUCT], responses=LotSerializer(many=True))
    def get(self, request) -> Response:
        rows = self.clinic.lots.with_product()
        product = request.query_params.get("product", "")
        if product:
            rows = rows.filter(product_id=int(product)) if product.isdecimal() else rows.none()
        return self.page(LotSerializer, rows, ("expires_on", "pk"))

    @extend_schema(request=LotBody, responses={201: LotSerializer})
    def post(self, request) -> Response:
        body = self.body(LotBody)
        product = found(self.clinic.products, body.pop("product"))
        places = self.clinic.locations
        location = found(places, body.pop("location", None)) or places.filter(is_active=True).order_by("pk").first()
        lot = lots.receive(product, **body, location=location, by=request.user, at=timezone.now())
        return self.show(LotSerializer, lot, 201)


class LotView(ClinicView):
    """What the addresses of one lot share."""

    def lot(self, pk: int) -> Any:
        return get_object_or_404(self.clinic.lots.with_product(), pk=pk)

    def detail(self, pk: int, status: int = 200) -> Response:
        lot = self.lot(pk)
        lot.account = stock.account(lot)
        return self.show(LotDetailSerializer, lot, status)


class LotDetail(LotView):
    """One lot with its balance and its ledger."""

    permissions = {"GET": Permission.VIEW_STOCK}

    @extend_schema(responses=LotDetailSerializer)
    def get(self, request, pk: int) -> Response:
        return self.detail(pk)


class LotMovements(LotView):
    """Write a change of stock by hand."""

    permissions = {"POST": Permission.ADJUST_STOCK}

    @extend_schema(request=MovementBody, responses={201: MovementSerializer})
    def post(self, request, pk: int) -> Response:
        movement = lots.move(self.lot(pk), **self.body(MovementBody), by=request.user, at=timezone.now())
        return self.show(MovementSerializer, movement, 201)


class LotQuarantine(LotView):
    """Set a lot aside: nothing can be drawn from it any more."""

    permissions = {"POST": Permission.QUARANTINE_LOTS}

    @extend_schema(request=ReasonBody, responses=LotDetailSerializer)
    def post(self, request, pk: int) -> Response:
        lots.quarantine(self.lot(pk), **self.body(ReasonBody), by=request.user, at=timezone.now())
        return self.detail(pk)


class LotRelease(LotView):
    """Give a lot free again."""

    permissions = {"POST": Permission.QUARANTINE_LOTS}

    @extend_schema(request=ReasonBody, responses=LotDetailSerializer)
    def post(self, request, pk: int) -> Response:
        lots.release(self.lot(pk), **self.body(ReasonBody), by=request.user, at=timezone.now())
        return self.detail(pk)


class LotRecall(LotView):
    """Take a lot out of use for good."""

    permissions = {"POST": Permission.QUARANTINE_LOTS}

    @extend_schema(request=ReasonBody, responses=LotDetailSerializer)
    def post(self, request, pk: int) -> Response:
        lots.recall(self.lot(pk), **self.body(ReasonBody), by=request.user, at=timezone.now())
        return self.detail(pk)


class LotExposure(LotView):
    """Every patient, session and zone that a lot reached, and what became of its volume."""

    permissions = {"GET": Permission.VIEW_EXPOSURE}

    @extend_schema(responses=ExposureSerializer)
    def get(self, request, pk: int) -> Response:
        lot = self.lot(pk)
        rows = exposure.of_lot(lot)
        patients, sessions_given = exposure.counts(rows)
        balance = {name: shown(value) for name, value in asdict(stock.account(lot)).items()}
        return Response(
            {
                "patients": patients,
                "sessions": sessions_given,
                "rows": [_exposed(row) for row in rows],
                "balance": balance,
            }
        )


def _exposed(row: exposure.Exposed) -> dict[str, Any]:
    return {
        "patient": row.patient.pk,
        "session": row.session.pk,
        "zone": row.zone.slug if row.zone else None,
        "side": row.side,
        "ml": None if row.ml is None else shown(row.ml),
        "on": row.on.isoformat(),
        "preparation": row.preparation_id,
    }


class Packs(ClinicView):
    """Open a pack for a patient."""

    permissions = {"POST": Permission.PREPARE_MIXES}

    @extend_schema(request=PackBody, responses={201: PackSerializer})
    def post(self, request) -> Response:
        body = self.body(PackBody)
        lot = found(self.clinic.lots.with_product(), body["lot"])
        patient = found(own_patients(request), body.get("patient"))
        if patient:
            self.chart(patient)
        return self.show(PackSerializer, packs.open(lot, patient=patient, by=request.user, at=timezone.now()), 201)


class PackDiscard(ClinicView):
    """Throw away what is left of an opened pack."""

    permissions = {"POST": Permission.PREPARE_MIXES}

    @extend_schema(request=ReasonBody, responses=PackSerializer)
    def post(self, request, pk: int) -> Response:
        pack = get_object_or_404(self.clinic.packs.with_lot(), pk=pk)
        if pack.patient_id:
            self.chart(get_object_or_404(own_patients(request), pk=pack.patient_id))
        return self.show(
            PackSerializer, packs.discard(pack, **self.body(ReasonBody), by=request.user, at=timezone.now())
        )


class Preparations(ClinicView):
    """Draw a mix for a session."""

    permissions = {"POST": Permission.PREPARE_MIXES}

    @extend_schema(request=PreparationBody, responses={201: PreparationSerializer})
    def post(self, request) -> Response:
        body, at = self.body(PreparationBody), timezone.now()
        session = found(self.clinic.treatment_sessions.visible_to(request.user), body["session"])
        self.chart(session.patient)
        version = found(self.clinic.formulation_versions.with_recipe(), body.get("formulation"))
        components = [
            {
                "lot": found(self.clinic.lots.with_product(), each.get("lot")),
                "pack": found(self.clinic.packs.with_lot(), each.get("pack")),
                "volume_ml": each["volume_ml"],
            }
            for each in body["components"]
        ]
        self.prove(session, components, version, body, at)
        preparation = sessions.prepare(
            session,
            components=components,
            formulation_version=version,
            injected_ml=body.get("injected_ml"),
            standard=body["standard"],
            overrides=body["overrides"],
            by=request.user,
            at=at,
        )
        return self.show(PreparationSerializer, drawn(self.clinic, preparation.pk), 201)

    def prove(self, session: Any, components: Any, version: Any, body: dict[str, Any], at: Any) -> None:
        """Who overrides a block that policy leaves to them proves first who they are."""
        if not body["overrides"]:
            return
        injected, asked = body.get("injected_ml"), drawn_as_asked(components)
        check = mix.session_findings(
            session,
            components=asked,
            version=version,
            injected_ml=injected,
            preparation_standard=body["standard"],
            at=at,
        )
        if needs_proof(check.findings, body["overrides"]):
            demand(self.request._request, [Permission.OVERRIDE_FINDINGS])


class PreparationDetail(ClinicView):
    """A mix that was drawn."""

    permissions = {"GET": Permission.PREPARE_MIXES}

    @extend_schema(responses=PreparationSerializer)
    def get(self, request, pk: int) -> Response:
        preparation = get_object_or_404(self.clinic.preparations.visible_to(request.user), pk=pk)
        self.chart(preparation.patient)
        return self.show(PreparationSerializer, drawn(self.clinic, pk))


class PreparationDiscard(ClinicView):
    """Throw a mix away."""

    permissions = {"POST": Permission.PREPARE_MIXES}

    @extend_schema(request=ReasonBody, responses=PreparationSerializer)
    def post(self, request, pk: int) -> Response:
        preparation = get_object_or_404(self.clinic.preparations.visible_to(request.user), pk=pk)
        preparations.discard(preparation, **self.body(ReasonBody), by=request.user, at=timezone.now())
        return self.show(PreparationSerializer, drawn(self.clinic, pk))


def drawn(clinic: Any, pk: int) -> Any:
    """A mix with all that is shown of it."""
    return clinic.preparations.with_mix().select_related("session_preparation").get(pk=pk)


def own_patients(request: Any) -> Any:
    """The patients for whom this member may mix: their own where the role says so."""
    rows = request.clinic.patients.live()
    is_own = request._request.grant.scope == Scope.OWN and not request.membership.has_role("nurse")
    return rows.assigned_to(request.user) if is_own else rows.visible_to(request.user)
