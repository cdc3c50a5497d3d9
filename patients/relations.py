"""Which rows belong to a file: read from the keys of the tables themselves, so that a new table is never forgotten."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from patients.models import MOVE, Patient, PatientKey


@dataclass(frozen=True)
class Place:
    """One column of one table that says whose row it is."""

    model: type[models.Model]
    field: PatientKey

    @property
    def name(self) -> str:
        """How a patient calls these rows: `appointments`, `allergies`."""
        return str(self.field.remote_field.get_accessor_name())

    @property
    def table(self) -> str:
        return str(self.model._meta.db_table)

    @property
    def column(self) -> str:
        return str(self.field.column)

    def rows(self, patient: Patient) -> Any:
        """Give the rows of one patient."""
        return self.model._base_manager.filter(**{self.field.attname: patient.pk})


@dataclass(frozen=True)
class Single:
    """Of these rows one alone may stand for a patient; `ends` is the column that ends one, if any."""

    place: Place
    alike: tuple[str, ...]
    ends: str

    def doubled(self, patient: Patient, other: Patient) -> Any:
        """Give the rows of a patient that stand in the other file already."""
        standing = Q(**{f"{self.ends}__isnull": True}) if self.ends else Q()
        same = {name: OuterRef(name) for name in self.alike}
        return self.place.rows(patient).filter(standing, Exists(self.place.rows(other).filter(standing, **same)))


def moving() -> list[Place]:
    """Give every place whose rows go along when two files become one."""
    keys = [relation.field for relation in Patient._meta.related_objects]
    return [Place(key.model, key) for key in keys if isinstance(key, PatientKey) and key.on_merge == MOVE]


def place_of(table: str, column: str) -> Place | None:
    """Find a place again by the names that the database knows it by."""
    return next((place for place in moving() if (place.table, place.column) == (table, column)), None)


def singles(place: Place) -> Iterator[Single]:
    """Give the rules of a table by which two rows of one patient exclude one another."""
    for constraint in place.model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and place.field.name in constraint.fields:
            alike = tuple(name for name in constraint.fields if name not in ("clinic", place.field.name))
            yield Single(place, alike, _ending(constraint.condition))


def _ending(condition: Q | None) -> str:
    names = [child[0] for child in condition.children if isinstance(child, tuple)] if condition else []
    return next((name.removesuffix("__isnull") for name in names if name.endswith("__isnull")), "")


def torn(patient: Patient) -> list[tuple[type[models.Model], int]]:
    """Count, by table, the rows that tie together things of this patient and things of somebody else."""
    found = []
    for model in apps.get_models():
        paths = _paths(model)
        for number, path in enumerate(paths):
            for other in paths[number + 1 :]:
                apart = ~Q(**{path: F(other)}) & (Q(**{path: patient.pk}) | Q(**{other: patient.pk}))
                known = {f"{path}__isnull": False, f"{other}__isnull": False}
                if count := model._base_manager.filter(apart, **known).count():
                    found.append((model, count))
    return found


def _paths(model: type[models.Model]) -> list[str]:
    """Give the ways that lead from a row to a patient: its own key, and those of the things it points at."""
    if model is Patient or hasattr(model, "pgh_tracked_model"):
        return []
    moved = {(place.model, place.field.name) for place in moving()}
    own = [name for found, name in moved if found is model]
    ways = [
        f"{field.name}__{name}"
        for field in model._meta.concrete_fields
        if field.related_model
        for found, name in moved
        if found is field.related_model
    ]
    return sorted(own) + sorted(ways)
