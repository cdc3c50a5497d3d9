"""What stands on top of every page of a patient, fetched in one query."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, F, Func, Value

from patients.models.alerts import Alert
from patients.models.allergies import Allergy
from patients.models.conditions import Condition
from patients.models.medicines import Medicine
from patients.models.statements import StatementState

_WORDS = ArrayField(CharField())


@dataclass(frozen=True)
class Fact:
    """One line of a patient's history, or one standing alert, as the banner needs it."""

    kind: str  # allergy, condition, medicine, alert
    name: str
    slugs: tuple[str, ...]
    checked: bool
    state: str
    mark: str  # severity of an allergy, kind of an alert


def facts_of(patient: Any) -> list[Fact]:
    """Give all that counts about a patient's health, and the standing alerts, in one query."""
    slug = Func(F("slug"), template="ARRAY[%(expressions)s]", output_field=_WORDS)
    none = Value([], output_field=_WORDS)
    rows = _rows(Allergy, patient, "allergy", F("allergens"), F("severity")).union(
        _rows(Condition, patient, "condition", slug, Value("")),
        _rows(Medicine, patient, "medicine", F("classes"), Value("")),
        Alert.objects.standing()
        .filter(patient=patient)
        .values_list(Value("alert"), F("text"), none, Value(True), Value(StatementState.CONFIRMED.value), F("kind")),
        all=True,
    )
    return [
        Fact(kind, name, tuple(word for word in slugs if word), checked, state, mark)
        for kind, name, slugs, checked, state, mark in rows
    ]


def _rows(model: Any, patient: Any, kind: str, slugs: Any, mark: Any) -> Any:
    counting = model.objects.counting().filter(patient=patient).order_by()
    return counting.values_list(Value(kind), F("name"), slugs, F("checked"), F("state"), mark)
