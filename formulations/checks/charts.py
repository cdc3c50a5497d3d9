"""What the chart and today's screening say about a patient, as plain frozen values."""

from dataclasses import dataclass

from formulations.mixing import Number


@dataclass(frozen=True)
class Allergy:
    """An allergy as it was said and the allergens it may mean; none derived means nobody checked it."""

    said: str
    allergens: frozenset[str] = frozenset()
    ask: bool = False
    known: bool = True


@dataclass(frozen=True)
class Condition:
    """A condition by its slug; an empty slug is free text that nothing can check."""

    slug: str
    name: str = ""
    known: bool = True

    @property
    def label(self) -> str:
        return self.name or self.slug.replace("-", " ").capitalize()


@dataclass(frozen=True)
class Medicine:
    """A medicine the patient takes, with the classes derived from its name."""

    name: str
    classes: frozenset[str] = frozenset()
    known: bool = True


@dataclass(frozen=True)
class Answer:
    """Something that needs time before a session, as answered: so many days ago (None = not known when)."""

    washout: str
    days_ago: int | None = None
    in_treated_zone: bool = True


@dataclass(frozen=True)
class Patient:
    """What the chart and today's screening say about the patient."""

    weight_kg: Number | None = None
    age_years: int | None = None
    allergies: tuple[Allergy, ...] = ()
    conditions: tuple[Condition, ...] = ()
    medicines: tuple[Medicine, ...] = ()
    answers: tuple[Answer, ...] = ()
