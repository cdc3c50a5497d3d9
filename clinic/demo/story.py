"""Everything that the demo clinic holds, in the order in which it is told, and where each case is found again."""

from datetime import date, datetime, time, timedelta
from typing import Any

from accounts.models import Clinic
from clinic.demo import house, lists, money
from clinic.demo.cases import Case
from clinic.demo.cellulite import Cellulite
from clinic.demo.declined import Contraindicated
from clinic.demo.lot_recall import LotRecall
from clinic.demo.melasma import Melasma
from clinic.demo.submental import Submental
from clinic.demo.today import Today
from common.dates import local_day, resolve_local

CASES: tuple[type[Case], ...] = (Melasma, Cellulite, Submental, Contraindicated, LotRecall)


def build(*, now: datetime) -> Clinic:
    """Open the clinic early enough for the longest case, walk through all of them, and fill the days around now."""
    today = local_day(now, house.ZONE)
    weeks = {case: case.shift_weeks(today) for case in CASES}
    first = min(case.opening(weeks[case]) for case in CASES)
    clinic, made = open_house(first, today=today)
    staff, lots = made["staff"], made["lots"]
    told = {case.number: case(clinic, staff, lots, weeks=weeks[case]) for case in CASES}
    amara, _plan, _given = told["1"].run()  # type: ignore[attr-defined]
    told["3"].run(until=Cellulite.anchor)  # type: ignore[attr-defined]
    for number in ("5", "8", "9"):
        told[number].run()  # type: ignore[attr-defined]
    Today(clinic, staff, lots, now=now).run(amara)
    money.fill(clinic, staff, now=now)
    lists.fill(clinic, staff, now=now)
    return clinic


def open_house(first: date, *, today: date) -> tuple[Clinic, dict[str, Any]]:
    """Open the clinic on its first day."""
    opened_at = resolve_local(datetime.combine(first, time(8)), house.ZONE)
    return house.build(today=today, opened_at=opened_at)


def told(clinic: Clinic) -> dict[str, dict[str, Any]]:
    """Say where each case is."""
    cases = {case.number: case.told(clinic) for case in CASES}
    cases["1"]["lots"] = dict(clinic.lots.values_list("number", "pk"))
    return cases


def opened_for(case: type[Case]) -> date:
    """Give the day on which a clinic opens that holds one case at its original dates."""
    return case.first - timedelta(days=14)
