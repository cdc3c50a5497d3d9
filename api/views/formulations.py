"""The catalogue, products, recipes and the check of a mix."""

from typing import Any

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response

from accounts.access import Permission
from api.serializers.formulations import (
    CheckBody,
    CheckSerializer,
    EffectSerializer,
    IndicationSerializer,
    IngredientSerializer,
    PairRuleSerializer,
    ProductBody,
    ProductSerializer,
    ReasonBody,
    RecipeBody,
    RecipeSerializer,
)
from api.views.door import ClinicView
from formulations.actions import products, recipes
from formulations.rules.mix import Asked
from treatments.rules import checks
from treatments.rules import mix as session_mix

SEARCH = OpenApiParameter("search", OpenApiTypes.STR, description="part of a name")
SLUG = ("slug", "pk")


class Ingredients(ClinicView):
    """The substances that the clinic knows, those it must not use among them."""

    permissions = {"GET": Permission.VIEW_CATALOGUE}

    @extend_schema(parameters=[SEARCH], responses=IngredientSerializer(many=True))
    def get(self, request) -> Response:
        rows = self.clinic.ingredients.current()
        if text := request.query_params.get("search", ""):
            rows = rows.filter(Q(name__icontains=text) | Q(common_name__icontains=text) | Q(slug__icontains=text))
        return self.page(IngredientSerializer, rows, SLUG)


class IngredientDetail(ClinicView):
    """One substance."""

    permissions = {"GET": Permission.VIEW_CATALOGUE}

    @extend_schema(responses=IngredientSerializer)
    def get(self, request, slug: str) -> Response:
        return self.show(IngredientSerializer, get_object_or_404(self.clinic.ingredients.current(), slug=slug))


class PairRules(ClinicView):
    """What does not belong together."""

    permissions = {"GET": Permission.VIEW_CATALOGUE}

    @extend_schema(responses=PairRuleSerializer(many=True))
    def get(self, request) -> Response:
        return self.page(PairRuleSerializer, self.clinic.pair_rules.current(), SLUG)


class Indications(ClinicView):
    """What a patient may be treated for here."""

    permissions = {"GET": Permission.VIEW_CATALOGUE}

    @extend_schema(responses=IndicationSerializer(many=True))
    def get(self, request) -> Response:
        return self.page(IndicationSerializer, self.clinic.indications.current(), SLUG)


class Effects(ClinicView):
    """The side effects of the catalogue."""

    permissions = {"GET": Permission.VIEW_CATALOGUE}

    @extend_schema(responses=EffectSerializer(many=True))
    def get(self, request) -> Response:
        return self.page(EffectSerializer, self.clinic.effects.current(), SLUG)


class Products(ClinicView):
    """What the clinic buys to inject."""

    permissions = {
        "GET": Permission.VIEW_STOCK,
        "POST": (Permission.ADJUST_STOCK, Permission.EDIT_FORMULATIONS),
    }

    @extend_schema(parameters=[SEARCH], responses=ProductSerializer(many=True))
    def get(self, request) -> Response:
        rows = self.clinic.products.with_contents()
        if text := request.query_params.get("search", ""):
            rows = rows.filter(name__icontains=text)
        return self.page(ProductSerializer, rows)

    @extend_schema(request=ProductBody, responses={201: ProductSerializer})
    def post(self, request) -> Response:
        product = products.add(self.clinic, **self.body(ProductBody), by=request.user, at=timezone.now())
        return self.show(ProductSerializer, self.clinic.products.with_contents().get(pk=product.pk), 201)


class ProductDetail(ClinicView):
    """One product."""

    permissions = {"GET": Permission.VIEW_STOCK}

    @extend_schema(responses=ProductSerializer)
    def get(self, request, pk: int) -> Response:
        return self.show(ProductSerializer, get_object_or_404(self.clinic.products.with_contents(), pk=pk))


class Formulations(ClinicView):
    """The clinic's recipes, version by version."""

    permissions = {"GET": Permission.VIEW_CATALOGUE, "POST": Permission.EDIT_FORMULATIONS}

    @extend_schema(responses=RecipeSerializer(many=True))
    def get(self, request) -> Response:
        return self.page(RecipeSerializer, self.clinic.formulation_versions.with_recipe())

    @extend_schema(request=RecipeBody, responses={201: RecipeSerializer})
    def post(self, request) -> Response:
        body = self.body(RecipeBody)
        for line in body["components"]:
            line["product"] = found(self.clinic.products, line.get("product"))
        version = recipes.add(self.clinic, **body, by=request.user, at=timezone.now())
        return self.show(RecipeSerializer, self.clinic.formulation_versions.with_recipe().get(pk=version.pk), 201)


class FormulationApprove(ClinicView):
    """Decide once what belongs to a recipe alone."""

    permissions = {"POST": Permission.APPROVE_FORMULATIONS}

    @extend_schema(request=ReasonBody, responses=RecipeSerializer)
    def post(self, request, pk: int) -> Response:
        version = get_object_or_404(self.clinic.formulation_versions.all(), pk=pk)
        recipes.approve(version, **self.body(ReasonBody), by=request.user, at=timezone.now())
        return self.show(RecipeSerializer, self.clinic.formulation_versions.with_recipe().get(pk=pk))


class FormulationCheck(ClinicView):
    """Check a mix: doses, pairs, and, where a patient is named, everything the chart says."""

    permissions = {"POST": Permission.VIEW_HISTORY}

    @extend_schema(request=CheckBody, responses=CheckSerializer)
    def post(self, request) -> Response:
        body = self.body(CheckBody)
        asked = [asked_of(self.clinic, each) for each in body["components"]]
        version = found(self.clinic.formulation_versions.with_recipe(), body.get("formulation"))
        shared = {"components": asked, "version": version, "injected_ml": body.get("injected_ml"), "at": timezone.now()}
        if session := found(self.clinic.treatment_sessions.visible_to(request.user), body.get("session")):
            self.chart(session.patient)
            return Response(session_mix.session_findings(session, people=[request.user], **shared).as_dict())
        patient = found(self.clinic.patients.visible_to(request.user), body.get("patient"))
        if patient:
            self.chart(patient)
        prescriber = str(getattr(request.membership, "practitioner", None) or "")
        return Response(checks.for_patient(self.clinic, patient=patient, prescriber=prescriber, **shared).as_dict())


def found(rows: Any, pk: int | None) -> Any:
    """The row of the clinic that a body names; a foreign one is not there."""
    return get_object_or_404(rows, pk=pk) if pk else None


def asked_of(clinic: Any, body: dict[str, Any]) -> Asked:
    """A component of a body, with the clinic's own rows behind it."""
    return Asked(
        volume_ml=body["volume_ml"],
        ingredient=body.get("ingredient") or "",
        concentration=body.get("concentration"),
        unit=body.get("unit") or "",
        product=found(clinic.products.with_contents(), body.get("product")),
        lot=found(clinic.lots.with_product(), body.get("lot")),
        pack=found(clinic.packs.with_lot(), body.get("pack")),
    )
