"""Recipes: written by a practitioner, approved once by the medical director, then changed only by a new version."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from accounts.models import Clinic, User
from audit.actions import audited
from formulations.models import Formulation, FormulationComponent, FormulationVersion, Review
from formulations.rules import mix
from formulations.rules import recipes as rules
from formulations.rules.products import strength_unit


@audited("formulation.proposed")
def add(
    clinic: Clinic, *, name: str, components: Iterable[dict[str, Any]], indication: str = "", by: User, at: datetime
) -> FormulationVersion:
    """Write a recipe down, or the next version of one that has the name: it waits for approval."""
    listed = list(components)
    rules.add.check(by, clinic, name=name, components=listed)
    formulation, _is_new = Formulation.objects.get_or_create(
        clinic=clinic, name=name.strip(), defaults={"indication": indication, "created_at": at, "created_by": by}
    )
    formulation = Formulation.objects.select_for_update().get(pk=formulation.pk)
    newest = formulation.versions.order_by("-number").first()
    version = FormulationVersion.objects.create(
        clinic=clinic,
        formulation=formulation,
        number=newest.number + 1 if newest else 1,
        created_at=at,
        created_by=by,
    )
    known = clinic.ingredients.by_slug()
    FormulationComponent.objects.bulk_create(
        FormulationComponent(
            clinic=clinic,
            version=version,
            ordinal=ordinal,
            ingredient=known.get(each.get("ingredient") or ""),
            product=each.get("product"),
            concentration=each.get("concentration"),
            unit=strength_unit(each.get("unit")) if each.get("concentration") is not None else "",
            volume_ml=each["volume_ml"],
        )
        for ordinal, each in enumerate(listed, 1)
    )
    return version


@audited("formulation.approved")
def approve(version: FormulationVersion, *, reason: str, by: User, at: datetime) -> FormulationVersion:
    """Have the medical director decide once what belongs to the mix alone: these findings no longer interrupt."""
    formulation = Formulation.objects.select_for_update().get(pk=version.formulation_id)
    version = formulation.versions.select_for_update().get(pk=version.pk)
    found = mix.findings(version.clinic, components=mix.asked_of(version), at=at).findings
    rules.approve.check(by, version, findings=found, reason=reason)
    formulation.versions.filter(review=Review.APPROVED).update(review=Review.RETIRED, retired_at=at, retired_by=by)
    version.review, version.approval_reason = Review.APPROVED, reason
    version.approved_at, version.approved_by = at, by
    version.accepted_findings = sorted(each.key for each in found if each.belongs_to_recipe)
    version.save()
    return version
