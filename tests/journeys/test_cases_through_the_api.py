"""Cases 3, 5 and 9 through the machine's door at their original dates: from the plan to the side effect."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from clinic.demo.cases import NO, Case, signature
from clinic.demo.cellulite import Cellulite
from clinic.demo.lot_recall import CLEARED, LotRecall
from clinic.demo.submental import Submental
from patients.models import Patient
from tests.factories.cases import days, stage

V1 = "/api/v1/"
WORDS = [
    {"code": code, "reason": "Discussed with the patient"}
    for code in ("drug_interaction", "not_checked", "contraindication", "too_many_products")
]


def said(response: Any, status: int = 201) -> Any:
    assert response.status_code == status, response.content
    return response.json()


@dataclass
class Machine:
    """A program that works for the practitioner and the front desk of a case."""

    case: Case
    patient: Patient
    clock: Any
    api: Any
    first: date
    plan: dict[str, Any] = field(default_factory=dict)

    def door(self, day: date, hour: int, minute: int = 0, *, by: User | None = None) -> Any:
        """Knock at a moment of the case, freshly confirmed."""
        self.clock.move_to(self.at(day, hour, minute), tick=False)
        return self.api(by or self.case.treats, confirmed=True)

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        return self.case.at(day, hour, minute)

    def agree(self, **more: Any) -> None:
        """The plan, and the consent that both sign."""
        door = self.door(self.first - timedelta(days=6), 13)
        body = {
            "patient": self.patient.pk,
            "protocol": self.case.protocol,
            "start_on": self.first.isoformat(),
            "practitioner": self.case.doctor.pk,
            "overrides": WORDS[:3],
            **more,
        }
        self.plan = said(door.post(f"{V1}plans/", body))
        consent = said(door.post(f"{V1}consents/", {"plan": self.plan["id"], "options": {"photos_record": True}}))
        for role in ("patient", "practitioner"):
            body = {"role": role, "strokes": signature(), "sha256": consent["sha256"]}
            said(door.post(f"{V1}consents/{consent['id']}/sign/", body), 200)

    def book(self, ordinal: int, day: date, *, on: date) -> Any:
        """The front desk books a session of the plan."""
        planned = self.plan["planned_sessions"][ordinal - 1]["id"]
        body = {
            "patient": self.patient.pk,
            "kind": self.case.clinic.appointment_kinds.get(slug="session").pk,
            "practitioner": self.case.doctor.pk,
            "planned_session": planned,
            "starts_at": self.at(day, self.case.hour).isoformat(),
        }
        desk = self.door(on, 16, by=self.case.staff["frontdesk"].user)
        return desk.post(f"{V1}appointments/", body)

    def give(self, mix: tuple[tuple[str, str], ...], zones: list[dict[str, Any]]) -> Any:
        """The first session, from its opening to its signature."""
        day, hour = self.first, self.case.hour
        door = self.door(day, hour)
        session = said(door.post(f"{V1}sessions/", {"plan": self.plan["id"]}))
        url = f"{V1}sessions/{session['id']}/"
        said(door.post(f"{url}screening/", {"answers": NO, "overrides": WORDS}), 200)
        drawn = {"components": [{"lot": self.case.lots[lot].pk, "volume_ml": ml} for lot, ml in mix]}
        self.mix = said(door.post(f"{V1}preparations/", {"session": session["id"], **drawn, "overrides": WORDS}))
        said(door.post(f"{url}time-out/", {"overrides": WORDS}), 200)
        needle = self.case.needle
        for zone in zones:
            body = {"technique": needle.technique, "depth_mm": needle.depth_mm, "ml_per_point": needle.ml_per_point}
            said(door.post(f"{url}zones/", {**body, **zone}))
        door = self.door(day, hour, 50)
        body = {
            "antiseptic": "alcohol",
            "anaesthetic": {"kind": "none"},
            "injection_started_at": self.at(day, hour, 20).isoformat(),
            "injection_ended_at": self.at(day, hour, 34).isoformat(),
            "ended_at": self.at(day, hour, 49).isoformat(),
            "reaction": {"none_observed": True},
        }
        said(door.patch(url, body), 200)
        return said(door.post(f"{url}sign-off/", {}), 200)

    def suffer(
        self, session: dict[str, Any], effect: str, *, grade: int, onset: datetime, on: date, **where: Any
    ) -> Any:
        """A side effect is recorded."""
        body = {
            "patient": self.patient.pk,
            "session": session["id"],
            "effect": effect,
            "grade": grade,
            "onset_at": onset.isoformat(),
            **where,
        }
        return said(self.door(on, 12).post(f"{V1}side-effects/", body))


@pytest.fixture
def machine(db, api, time_machine):
    def set_up(kind: type[Case], **person: Any) -> Machine:
        time_machine.move_to(datetime(2024, 12, 1, 9, tzinfo=None), tick=False)
        case = stage(kind)
        patient = case.enrol(sex="female", at=case.at(kind.first - timedelta(days=7), 13), **person)
        return Machine(case, patient, time_machine, api, kind.first)

    return set_up


def delivered(session: dict[str, Any]) -> dict[str, str]:
    return {each["ingredient"]: each["amount"] for each in session["delivered"]}


def test_case_3_through_the_machine_s_door(machine):
    nadia = machine(Cellulite, born_on=date(1983, 3, 2), weight_kg="68.0")
    nadia.agree()
    assert [each["target_on"] for each in nadia.plan["planned_sessions"]][:11] == [
        each.isoformat()
        for each in days(
            "2025-01-07, 2025-01-14, 2025-01-21, 2025-01-28, 2025-02-04, 2025-02-11, 2025-02-18, 2025-02-25,"
            "2025-03-11, 2025-03-25, 2025-04-08"
        )
    ]
    said(nadia.book(1, nadia.first, on=date(2025, 1, 2)))

    mix = (("PX-2411-33", "2,0"), ("OS-2501-19", "2.0"), ("LD-2412-40", "1"), ("NS-2410-61", "5.0"))
    zones = [{"zone": zone, "side": "bilateral", "points": 25} for zone in ("buttock", "thigh-posterior")]
    session = nadia.give(mix, zones)
    case = nadia.suffer(
        session,
        "haematoma",
        grade=1,
        onset=nadia.at(date(2025, 1, 7), 20),
        on=date(2025, 1, 8),
        zone="thigh-posterior",
        side="right",
    )

    assert (session["state"], session["points"], session["injected_ml"]) == ("signed", 100, "10")
    assert delivered(session) == {
        "pentoxifylline": "40",
        "organic-silicon": "20",
        "lidocaine": "10",
        "sodium-chloride": "45",
    }
    assert "too_many_products" in {each["code"] for each in nadia.mix["findings"]}
    assert (case["grade"], case["serious"], case["expected"], case["red"]) == (1, [], True, False)
    said(nadia.book(2, date(2025, 1, 14), on=date(2025, 1, 8)))


def test_case_5_through_the_machine_s_door(machine):
    seun = machine(Submental, born_on=date(1979, 8, 8), weight_kg="70")
    seun.agree()
    assert [each["target_on"] for each in seun.plan["planned_sessions"]] == [
        "2025-01-20",
        "2025-02-19",
        "2025-03-21",
        "2025-04-21",
    ]
    said(seun.book(1, seun.first, on=date(2025, 1, 15)))

    session = seun.give(
        (("KY-2409-12", "6.0"),), [{"zone": "submental", "side": "midline", "points": 24, "area_cm2": "24"}]
    )
    early = seun.book(2, date(2025, 2, 18), on=date(2025, 1, 20))
    case = seun.suffer(
        session,
        "nerve-injury",
        grade=2,
        onset=seun.at(date(2025, 1, 22), 9),
        on=date(2025, 1, 22),
        zone="submental",
        side="midline",
    )
    blocked = seun.book(2, date(2025, 2, 19), on=date(2025, 1, 23))

    assert (session["points"], session["injected_ml"], delivered(session)) == (24, "4.8", {"deoxycholic-acid": "48"})
    assert [(each["injected_ml"], each["wasted_ml"]) for each in session["preparations"]] == [("4.8", "1.2")]
    assert (early.status_code, early.json()["code"]) == (409, "outside_window")
    assert (case["expected"], case["serious"], case["red"], case["pauses_plan"]) == (True, [], True, True)
    assert (blocked.status_code, blocked.json()["code"]) == (409, "open_side_effect")


def test_case_9_through_the_machine_s_door(machine):
    beatriz = machine(LotRecall, born_on=date(1983, 12, 1), weight_kg="66")
    beatriz.agree(ingredients=["procaine", "pentoxifylline", "sodium-chloride"])
    said(beatriz.book(1, beatriz.first, on=date(2025, 3, 27)))

    mix = ((CLEARED, "2.0"), ("PX-2411-33", "2.0"), ("NS-2410-61", "6.0"))
    zones = [{"zone": zone, "side": "bilateral", "points": 25} for zone in ("buttock", "thigh-posterior")]
    session = beatriz.give(mix, zones)
    case = beatriz.suffer(
        session,
        "atypical-mycobacterial-infection",
        grade=3,
        serious=["hospitalisation", "medically_important"],
        onset=beatriz.at(date(2025, 4, 15), 11, 20),
        on=date(2025, 4, 16),
        zone="thigh-posterior",
        side="right",
    )
    blocked = beatriz.book(2, date(2025, 4, 22), on=date(2025, 4, 17))

    assert delivered(session) == {"procaine": "40", "pentoxifylline": "40", "sodium-chloride": "54"}
    assert {(each["number"], each["latency_hours"], each["in_window"]) for each in case["suspects"]} == {
        (lot, 14 * 24, True) for lot, _ml in mix
    }
    assert (case["grade"], case["expected"], case["red"], case["pauses_plan"]) == (3, False, True, True)
    assert (blocked.status_code, blocked.json()["code"]) == (409, "open_side_effect")
    door = beatriz.door(date(2025, 4, 17), 16)
    exposure = said(door.get(f"{V1}lots/{beatriz.case.lots[CLEARED].pk}/exposure/"), 200)
    assert (exposure["patients"], exposure["sessions"], exposure["balance"]["used"]) == (1, 1, "2")
