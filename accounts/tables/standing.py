"""Until when a licence or a competence counts, and what the team should see of that in good time."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from accounts.models import Membership, PractitionerCompetence

NOTICE = timedelta(days=60)


@dataclass(frozen=True)
class Standing:
    """A last day, and what it means today."""

    until: date | None
    today: date

    @property
    def ended(self) -> bool:
        return self.until is not None and self.until < self.today

    @property
    def lately(self) -> bool:
        return self.until is not None and self.today - NOTICE <= self.until < self.today

    @property
    def soon(self) -> bool:
        return self.until is not None and self.today <= self.until <= self.today + NOTICE


@dataclass(frozen=True)
class Held:
    """A competence of one practitioner, and how it stands."""

    row: PractitionerCompetence
    standing: Standing


@dataclass(frozen=True)
class Line:
    """One member of the team's list: the licence, and the competences that end soon or ended lately."""

    member: Membership
    licence: Standing | None = None
    ending: list[Held] = field(default_factory=list)


def line_of(member: Membership, today: date) -> Line:
    """Say how a member's licence and competences stand; expects them brought along."""
    practitioner = getattr(member, "practitioner", None)
    if practitioner is None:
        return Line(member)
    held = held_of(practitioner.held_competences.all(), today)
    return Line(
        member,
        Standing(practitioner.licence_expires_on, today),
        [each for each in held if each.standing.soon or each.standing.lately],
    )


def held_of(rows: Any, today: date) -> list[Held]:
    """Say of each competence how it stands."""
    return [Held(row, Standing(row.valid_until, today)) for row in rows]
