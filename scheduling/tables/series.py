"""The proposal for a course as rows of a page, each with the address that changes it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from scheduling.availability import Slot
from scheduling.forms.bookings import Chosen
from scheduling.rules.series import LOOK_BEYOND_DAYS, Outlook, Proposal, Proposed
from scheduling.rules.windows import Timing
from scheduling.series import Candidate
from scheduling.tables.offers import OfferDay, offers_of


def value_of(ordinal: int, choice: Candidate) -> str:
    """A time for one visit in one word, for an address or a tick box."""
    return f"{ordinal}|{choice.starts_at.isoformat()}|{choice.practitioner}|{choice.room or ''}"


@dataclass(frozen=True)
class SeriesRow:
    """One visit: where it belongs, what is proposed, what stands against it."""

    proposed: Proposed
    who: str
    value: str
    change_query: str
    undo_query: str
    is_open: bool
    is_strange: bool

    @property
    def local(self) -> datetime | None:
        """The time by the clock of the place, without a zone, so that no page shifts it again."""
        choice = self.proposed.choice
        return choice.starts_at.replace(tzinfo=None) if choice else None

    @property
    def is_late(self) -> bool:
        return self.proposed.timing in (Timing.LATE, Timing.REASSESS)

    @property
    def is_early(self) -> bool:
        return self.proposed.timing in (Timing.EARLY, Timing.FORBIDDEN)


def query_of(pins: Mapping[int, Candidate], *, until: int = 15, **more: Any) -> str:
    """The part of an address that keeps what was picked, up to one visit, and says something more."""
    kept = [("pin", value_of(ordinal, pin)) for ordinal, pin in sorted(pins.items()) if ordinal <= until]
    return urlencode([*kept, *more.items()])


def rows_of(
    proposal: Proposal, *, pins: Mapping[int, Candidate], names: Mapping[int, str], changing: int | None
) -> list[SeriesRow]:
    """Write the rows of a proposal."""
    usual = proposal.course.practitioner_id
    found = []
    for row in proposal.rows:
        without = {ordinal: pin for ordinal, pin in pins.items() if ordinal < row.ordinal}
        found.append(
            SeriesRow(
                row,
                names.get(row.choice.practitioner, "") if row.choice else "",
                value_of(row.ordinal, row.choice) if row.choice else "",
                query_of(pins, change=row.ordinal),
                query_of(without),
                row.ordinal == changing,
                bool(usual and row.choice and row.choice.practitioner != usual),
            )
        )
    return found


def offers_for(outlook: Outlook, row: Proposed, names: dict[int, str], *, usual: int | None) -> list[OfferDay]:
    """The other times for one visit: those of its window, and only where that has none, those soon after it."""
    free = outlook.free.get(row.visit.kind_id, [])
    inside = [each for each in free if row.window.earliest_on <= each.day <= row.window.latest_on]
    end = max(row.window.latest_on, outlook.today) + timedelta(days=LOOK_BEYOND_DAYS)
    shown = inside or [each for each in free if row.window.latest_on < each.day <= end]
    ordered = sorted(shown, key=lambda each: (each.starts_at, each.practitioner != usual, each.practitioner))
    return offers_of(_slots(outlook, row, ordered), zone=outlook.zone.key, names=names, window=row.window)


def _slots(outlook: Outlook, row: Proposed, candidates: Iterable[Candidate]) -> list[Slot]:
    length = timedelta(minutes=row.visit.kind.minutes)
    place = outlook.course.location_id
    return [Slot(each.starts_at, each.starts_at + length, each.practitioner, each.room, place) for each in candidates]


def pins_of(outlook_zone: Any, chosen: Mapping[int, Chosen]) -> dict[int, Candidate]:
    """What was picked by hand, by the clock of the place."""
    return {
        ordinal: Candidate(each.starts_at.astimezone(outlook_zone), each.practitioner_id, each.room_id)
        for ordinal, each in chosen.items()
    }
