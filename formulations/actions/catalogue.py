"""The clinic's copy of the catalogue: filled once, then only changed as its medical director decides."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Max

from accounts.models import Clinic, User
from audit.actions import audited
from formulations import reference
from formulations.actions import jurisdictions
from formulations.models import Effect, Indication, Ingredient, Origin, PairRule, Review
from formulations.reference import Wanted, columns_of
from formulations.rules import references as rules

KINDS: tuple[type[models.Model], ...] = (Ingredient, PairRule, Indication, Effect)


@audited("catalogue.loaded")
def load(clinic: Clinic, *, by: User | None, at: datetime) -> Clinic:
    """Give a new clinic the whole catalogue; to one that has it already, only propose what has changed since."""
    fill(clinic, Ingredient, columns_of(reference.ingredients()), by=by, at=at)
    fill(clinic, PairRule, columns_of(reference.pairs()), by=by, at=at)
    fill(clinic, Indication, columns_of(reference.indications()), by=by, at=at)
    fill(clinic, Effect, columns_of(reference.effects()), by=by, at=at)
    jurisdictions.apply(clinic, rows=reference.jurisdictions(), by=by, at=at)
    return clinic


@audited("catalogue.filled")
def fill(clinic: Clinic, model: Any, wanted: Wanted, *, by: User | None, at: datetime) -> list[Any]:
    """Insert what a clinic lacks: approved while it has none of the kind, else as a proposal with the next version."""
    rows = model.objects.filter(clinic=clinic)
    is_new = not rows.exists()
    newest = _newest_reference(rows)
    versions = dict(rows.values_list("slug").annotate(Max("version")))
    missing = [
        model(
            clinic=clinic,
            slug=slug,
            version=versions.get(slug, 0) + 1,
            origin=Origin.REFERENCE,
            review=Review.APPROVED if is_new else Review.PROPOSED,
            loaded_at=at,
            **values,
        )
        for slug, values in wanted.items()
        if not _same(newest.get(slug), values)
    ]
    return list(model.objects.bulk_create(missing))


def _newest_reference(rows: Any) -> dict[str, Any]:
    """What the reference last brought, by slug: a clinic's own wording is never mistaken for it."""
    return {row.slug: row for row in rows.filter(origin=Origin.REFERENCE).order_by("version")}


def _same(row: Any, values: dict[str, Any]) -> bool:
    return row is not None and all(getattr(row, name) == value for name, value in values.items())


@audited("catalogue.row_approved")
def approve(row: Any, *, by: User, at: datetime) -> Any:
    """Put a proposed version in force, signed by the medical director, in place of the one before."""
    row = type(row).objects.select_for_update().get(pk=row.pk)
    rules.approve.check(by, row)
    type(row).objects.filter(clinic=row.clinic_id, slug=row.slug, review=Review.APPROVED).update(review=Review.RETIRED)
    row.review, row.signed_at, row.signed_by = Review.APPROVED, at, by
    row.save(update_fields=["review", "signed_at", "signed_by"])
    return row


@audited("catalogue.row_signed")
def sign(row: Any, *, by: User, at: datetime) -> Any:
    """Have the medical director stand behind a row, so that its block stops and no longer only warns."""
    row = type(row).objects.select_for_update().get(pk=row.pk)
    rules.sign.check(by, row)
    row.signed_at, row.signed_by = at, by
    row.save(update_fields=["signed_at", "signed_by"])
    return row


@audited("catalogue.signed")
def sign_all(clinic: Clinic, *, kinds: Iterable[Any] = KINDS, by: User, at: datetime) -> Clinic:
    """Have the medical director stand behind every row that is in force."""
    rules.direct.check(by, clinic)
    for model in kinds:
        model.objects.filter(clinic=clinic).current().filter(signed_at__isnull=True).update(signed_at=at, signed_by=by)
    return clinic
