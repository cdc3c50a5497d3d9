"""Signed sessions by the hundred thousand: courses of six, each with its mix, its zones and where the mix came from."""

import contextlib
import json
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from accounts.actions import counters
from clinic.volume.copying import bare, copy, go_on_after, last_key, line, untriggered
from clinic.volume.house import ZONE, House
from clinic.volume.shelf import LOTS, PACK_ML, Shelf
from clinic.volume.tables import TABLES
from clinic.volume.visits import HALF_HOURS

IN_COURSE, APART_DAYS = 6, 14
HALVES = HALF_HOURS[:16]
DAYS = [week * 7 + day for week in range(2) for day in range(6)]  # Monday to Saturday, two weeks
BLOCK_DAYS = IN_COURSE * APART_DAYS
PLANS_AT_ONCE = 1_000
RECIPES = 15
DRAWN = (Decimal("2.0"), Decimal("1.0"))  # of each component, times the size of the dose
INJECTED = Decimal("2.4")  # of the three millilitres, in two zones
SIZES = (Decimal("1"), Decimal("1.5"), Decimal("2"))
SIDE_EFFECT_EVERY = 33  # three in a hundred
NOTHING_NEW = json.dumps(
    dict.fromkeys(("pregnancy", "blood_thinners", "infection", "new_medicines"), "no") | {"last_reaction": "none"}
)


@dataclass
class Writer:
    """Collects the rows of each table under keys of its own, and sends them by COPY."""

    cursor: Any
    keys: dict[str, int]
    rows: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    written: int = 0

    def add(self, table: str, *values: Any) -> int:
        self.keys[table] += 1
        self.rows[table].append(line(self.keys[table], *values))
        return self.keys[table]

    def flush(self) -> None:
        for table, rows in self.rows.items():
            self.written += copy(self.cursor, table, ("id", *TABLES[table]), rows)
        self.rows.clear()


@dataclass(frozen=True)
class Moment:
    """One visit in the moments that its rows name."""

    starts: datetime

    def after(self, minutes: int) -> str:
        return (self.starts + timedelta(minutes=minutes)).isoformat()


@lru_cache(maxsize=100_000)
def moment(day: date, half: int) -> Moment:
    return Moment(datetime.combine(day, HALVES[half], tzinfo=ZoneInfo(ZONE)).astimezone(ZoneInfo("UTC")))


class Stock:
    """Which lot a draw takes, and what was taken of each; the lots themselves are written at the end."""

    def __init__(self, writer: Writer, house: House, shelf: Shelf, first_day: date, last_day: date) -> None:
        self.writer, self.house, self.shelf = writer, house, shelf
        self.first_day, self.last_day = first_day, last_day
        self.places = sorted(set(house.places))
        self.of: dict[tuple[int, int], list[int]] = defaultdict(list)
        self.taken: dict[int, Decimal] = defaultdict(Decimal)
        self.base = writer.keys["formulations_lot"]
        for number in range(LOTS):
            at = number % len(self.places), number // len(self.places) % len(shelf.substances)
            self.of[at].append(self.base + number + 1)

    def lot(self, place: int, substance: int, progress: float) -> int:
        """Give the lot that is in use at a place then: one after the other over the years."""
        lots = self.of[self.places.index(place), substance]
        return lots[min(int(progress * len(lots)), len(lots) - 1)]

    def write(self) -> None:
        """Receive each lot before the first session: as much as was taken of it, and a rest."""
        received = datetime.combine(self.first_day - timedelta(days=30), time(9), tzinfo=ZoneInfo(ZONE)).isoformat()
        expires = self.last_day + timedelta(days=365)
        clinic, system = self.house.clinic.pk, self.house.system
        for (place, substance), lots in sorted(self.of.items(), key=lambda each: each[1][0]):
            for key in lots:
                self.write_one(key, clinic, self.places[place], substance, expires, received, system)

    def write_one(
        self, key: int, clinic: int, place: int, substance: int, expires: date, received: str, system: int
    ) -> None:
        quantity = self.taken[key] + 10 * PACK_ML
        self.writer.rows["formulations_lot"].append(
            line(
                key, clinic, self.shelf.substances[substance].product, place, f"V{key:06d}", expires, "mL",
                10 * PACK_ML, "active", "{}", "", "", "", received, system,
            )
        )  # fmt: skip
        self.writer.add("formulations_stockmovement", clinic, key, None, "receipt", quantity, "", received, system)


def write(cursor: Any, house: House, shelf: Shelf, patients: list[int], count: int, before: date) -> int:
    """Write so many signed sessions, the last of them before a day; give the number of rows."""
    plans = -(-count // IN_COURSE)
    per_day = len(house.practitioners) * len(HALVES)
    blocks = -(-plans // (per_day * len(DAYS)))
    monday = before - timedelta(days=before.weekday() + blocks * BLOCK_DAYS)
    first = int(counters.take(house.clinic, "plan"))
    users = dict(house.clinic.practitioners.values_list("pk", "membership__user_id"))  # before the tables are locked
    with contextlib.ExitStack() as stack:
        stack.enter_context(untriggered(cursor, TABLES))
        for table in TABLES:
            stack.enter_context(bare(cursor, table))
        writer = Writer(cursor, {table: last_key(cursor, table) for table in TABLES})
        stock = Stock(writer, house, shelf, monday, before)
        writer.keys["formulations_lot"] += LOTS
        courses = Courses(house, shelf, stock, writer, patients, users, monday, first)
        for plan in range(plans):
            courses.write(plan, min(IN_COURSE, count - plan * IN_COURSE), plan / plans)
            if plan % PLANS_AT_ONCE == PLANS_AT_ONCE - 1:
                writer.flush()
        stock.write()
        writer.flush()
        for table, key in writer.keys.items():
            go_on_after(cursor, table, key)
    return writer.written


@dataclass
class Courses:
    """Writes one course after the other: at one moment no practitioner and no patient is at two places."""

    house: House
    shelf: Shelf
    stock: Stock
    writer: Writer
    patients: list[int]
    users: dict[int, int]
    monday: date
    first: int

    def __post_init__(self) -> None:
        self.per_day = len(self.house.practitioners) * len(HALVES)

    def write(self, number: int, sessions: int, progress: float) -> None:
        """One plan, its course, its two substances, and the sessions that were given."""
        block, place = divmod(number, self.per_day * len(DAYS))
        day, slot = divmod(place, self.per_day)
        half, who = divmod(slot, len(self.house.practitioners))
        begins = self.monday + timedelta(days=block * BLOCK_DAYS + DAYS[day])
        patient, clinic = self.patients[number % len(self.patients)], self.house.clinic.pk
        practitioner, location = self.house.practitioners[who], self.house.places[who]
        by, done = self.users[practitioner], sessions == IN_COURSE
        made = moment(begins - timedelta(days=7), half).after(0)
        ended = moment(begins + timedelta(days=(sessions - 1) * APART_DAYS), half).after(30) if done else None
        add = self.writer.add
        course = add(
            "scheduling_course", clinic, patient, practitioner, location, "Course", "", begins, "f" if done else "t",
            "", "", "",
        )  # fmt: skip
        plan = add(
            "treatments_treatmentplan", clinic, course, patient, practitioner, location,
            self.shelf.protocols[number % len(self.shelf.protocols)], f"C-{self.first + number:06d}", begins,
            "completed" if done else "active", "", "EUR", "en", "", made, by, ended, by if done else None,
        )  # fmt: skip
        if done:
            add("treatments_planstatechange", clinic, plan, "completed", "", "", ended, by)
        recipe = number % RECIPES
        for ordinal in (1, 2):
            substance = self.shelf.substances[(2 * recipe + ordinal - 1) % len(self.shelf.substances)]
            add("treatments_planingredient", clinic, plan, substance.ingredient, ordinal)
        for ordinal in range(1, sessions + 1):
            at = moment(begins + timedelta(days=(ordinal - 1) * APART_DAYS), half)
            given = Given(
                self, plan, course, patient, practitioner, location, who, by, number, ordinal, at, recipe, progress
            )
            given.write()


@dataclass
class Given:
    """One session of a course, as it was given and signed."""

    courses: Courses
    plan: int
    course: int
    patient: int
    practitioner: int
    location: int
    who: int
    by: int
    number: int
    ordinal: int
    at: Moment
    recipe: int
    progress: float

    def __post_init__(self) -> None:
        self.clinic = self.courses.house.clinic.pk
        self.add = self.courses.writer.add
        self.size = SIZES[(self.number + self.ordinal) % len(SIZES)]

    def write(self) -> None:
        session = self.visited()
        components = self.prepared(session)
        zone = self.injected(session, components)
        if (self.number * IN_COURSE + self.ordinal) % SIDE_EFFECT_EVERY == 0:
            self.reacted(session, zone, [lot for _key, _movement, lot, _substance in components])

    def visited(self) -> int:
        """The visit in the calendar and in the course, and the session that was signed after it."""
        house, starts, ends = self.courses.house, self.at.after(0), self.at.after(30)
        busy = f"{{[{starts},{ends})}}"
        booked = (self.at.starts - timedelta(days=7)).isoformat()
        appointment = self.add(
            "scheduling_appointment", self.clinic, self.patient, house.kind, self.practitioner, house.rooms[self.who],
            self.location, starts, ends, "left", busy, busy, "{}", busy, "", "", "", uuid.uuid4(), 0, booked,
            house.system, ends,
        )  # fmt: skip
        low, high = (0, 0) if self.ordinal == 1 else (APART_DAYS, APART_DAYS + 7)
        visit = self.add(
            "scheduling_coursevisit", self.clinic, self.course, house.kind, appointment, self.ordinal, low, high, "f",
            self.at.starts.date(), "f", "",
        )  # fmt: skip
        planned = self.add("treatments_plannedsession", self.clinic, self.plan, visit, self.ordinal, 1, "")
        session = self.add(
            "treatments_treatmentsession", self.clinic, self.patient, self.plan, planned, appointment,
            self.practitioner, self.location, "signed", starts, self.by, self.at.after(5), self.by, '{"kind": "none"}',
            "alcohol", self.at.after(6), self.at.after(15), self.by, self.at.after(25), self.by, "", self.at.after(28),
            self.by, "", 1,
        )  # fmt: skip
        self.add("treatments_screening", self.clinic, session, NOTHING_NEW, self.at.after(1), self.by)
        self.add("treatments_immediatereaction", self.clinic, session, "t", "", self.at.after(24), self.by)
        return session

    def prepared(self, session: int) -> list[tuple[int, int, int, Any]]:
        """The mix: a pack of each of two products, what was drawn of it, and the rest thrown away."""
        total, injected = sum(DRAWN) * self.size, INJECTED * self.size
        mixed = self.at.after(3)
        self.mix = self.add(
            "formulations_preparation", self.clinic, self.patient, self.practitioner, self.location, "reconciled",
            total, mixed, self.by, self.at.after(240), injected, total - injected, "", self.at.after(28), self.by, "",
        )  # fmt: skip
        self.add("treatments_sessionpreparation", self.clinic, session, self.mix)
        return [self.drawn(place, mixed) for place in range(len(DRAWN))]

    def drawn(self, place: int, mixed: str) -> tuple[int, int, int, Any]:
        shelf, stock = self.courses.shelf, self.courses.stock
        index = (2 * self.recipe + place) % len(shelf.substances)
        substance, volume = shelf.substances[index], DRAWN[place] * self.size
        lot = stock.lot(self.location, index, self.progress)
        stock.taken[lot] += PACK_ML
        closed = self.at.after(28)
        pack = self.add(
            "formulations_pack", self.clinic, lot, self.patient, "single", PACK_ML, 0, mixed, self.by,
            self.at.after(360), "spent", closed, self.by, "",
        )  # fmt: skip
        move = "formulations_stockmovement"
        movement = self.add(move, self.clinic, lot, pack, "draw", -volume, "", mixed, self.by)
        if volume < PACK_ML:
            self.add(move, self.clinic, lot, pack, "wastage", volume - PACK_ML, "", closed, self.by)
        component = self.add(
            "formulations_preparationcomponent", self.clinic, self.mix, pack, movement, place + 1, volume
        )
        self.add(
            "formulations_preparationsubstance", self.clinic, component, substance.ingredient, substance.concentration,
            volume * substance.concentration, substance.dose_unit,
        )  # fmt: skip
        return component, movement, lot, substance

    def injected(self, session: int, components: list[tuple[int, int, int, Any]]) -> int:
        """Two zones, right and left, and what of each component went into them."""
        volume = INJECTED * self.size / 2
        where = self.courses.shelf.zones[self.number % len(self.courses.shelf.zones)]
        for ordinal, side in enumerate(("right", "left"), start=1):
            zone = self.add(
                "treatments_zoneapplication", self.clinic, session, where, self.mix, ordinal, side, "papule", "1.5",
                "30G 4 mm", int(volume / Decimal("0.05")), "0.05", volume, "manual", "[]", "", self.at.after(10),
                self.by,
            )  # fmt: skip
            for place, (component, movement, _lot, substance) in enumerate(components):
                share = volume * DRAWN[place] / sum(DRAWN)
                self.add(
                    "treatments_componentuse", self.clinic, zone, component, movement, substance.ingredient, share,
                    share * substance.concentration, substance.dose_unit,
                )  # fmt: skip
        return where

    def reacted(self, session: int, zone: int, lots: list[int]) -> None:
        """A mild side effect a day later, looked at and closed; each lot of the session is a suspect."""
        effects = self.courses.shelf.effects
        told, closed = self.at.after(48 * 60), self.at.after(7 * 24 * 60)
        case = self.add(
            "safety_sideeffectcase", self.clinic, self.patient, self.plan, session, zone,
            effects[self.number % len(effects)], "right", self.at.after(24 * 60), 1 + self.number % 2, "{}", "t", "",
            "f", "f", "closed", "staff", "", "", "none", "recovered", self.at.starts.date() + timedelta(days=6), told,
            self.by, "", closed, self.by, "f", "", "{}",
        )  # fmt: skip
        for lot in sorted(set(lots)):
            self.add("safety_suspect", self.clinic, case, lot, session, 24, "t", "t", "t", "")
        for state, at in (("new", told), ("closed", closed)):
            self.add("safety_casestep", self.clinic, case, state, "", at, self.by)
