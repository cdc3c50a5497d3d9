"""How pages of treatment reach a plan, a consent or a measure: through the clinic, and never past the reader's role."""

from typing import Any

from django.shortcuts import get_object_or_404

from accounts.access import Permission, Scope, chart, reach
from patients.access import reachable


def plan_or_404(request: Any, pk: int) -> Any:
    """Fetch a plan that this member may read, and have it written down that the chart was seen."""
    plan = get_object_or_404(request.clinic.plans.visible_to(request.user).with_chart(), pk=pk)
    chart(request, plan.patient)
    return plan


def plan_to_consent_to(request: Any, pk: int) -> Any:
    """Fetch a plan for whoever hands out its consent, which the front desk may without reading the plan."""
    plan = get_object_or_404(request.clinic.plans.filter(patient__in=reachable(request)).with_chart(), pk=pk)
    chart(request, plan.patient)
    return plan


def consents_of(request: Any) -> Any:
    """Give the consents that this member reaches."""
    return request.clinic.consents.filter(patient__in=reachable(request)).with_substance()


def consent_or_404(request: Any, pk: int) -> Any:
    """Fetch a consent with its paper."""
    consent = get_object_or_404(consents_of(request).select_related("patient", "plan__protocol"), pk=pk)
    chart(request, consent.patient)
    return consent


def reads_consents(request: Any) -> bool:
    """Say whether a member reads what a consent says, and not only how far it is signed."""
    return reach(request.membership, Permission.VIEW_CONSENTS) not in (None, Scope.LIMITED)
