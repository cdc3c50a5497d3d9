"""The melasma case as fixtures: a plan with its consent, a session screened, mixed, recorded and ended."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Clinic, Practitioner, User
from documents.actions import templates
from formulations.models import Lot, Preparation
from tests.cast import NOON
from tests.factories.formulations import melasma_lots, melasma_mix
from tests.factories.scheduling import kind, open_week, room
from treatments.actions import consents, plans, sessions, zones
from treatments.models import Consent, TreatmentPlan, TreatmentSession

NOTHING_NEW = {
    "pregnancy": "no",
    "blood_thinners_nsaids_7d": "no",
    "infection": "no",
    "allergy": "no",
    "last_reaction": "none",
}
STROKES = [[[10, 10, 0], [60, 40, 40], [120, 20, 80]], [[130, 60, 120], [200, 90, 200]]]

# The points of reference case 1: zone, side, number of points, each of 0.05 mL.
CASE_1 = (("forehead", "midline", 20), ("malar", "right", 18), ("malar", "left", 18), ("chin", "midline", 4))


def minutes(count: int) -> Any:
    """A moment so many minutes after noon."""
    return NOON + timedelta(minutes=count)


def consented(plan: TreatmentPlan, *, by: User, at: Any = NOON) -> Consent:
    """Let the patient sign, and the practitioner countersign."""
    consent = consents.present(plan, options={"photos_record": True}, by=by, at=at)
    for role in ("patient", "practitioner"):
        consent = consents.sign(consent, role=role, strokes=STROKES, sha256=consent.document.sha256, by=by, at=at)
    return consent


def answered(session: TreatmentSession, *, by: User, at: Any = NOON, **answers: str) -> TreatmentSession:
    """Ask the five questions."""
    return sessions.screen(session, answers={**NOTHING_NEW, **answers}, by=by, at=at)


def inject(session: TreatmentSession, *, by: User, at: Any = None, rows: Any = CASE_1, **values: Any) -> list[Any]:
    """Record zones as the reference case has them."""
    found = session.clinic.zones.current().by_slug()
    named = {"technique": "papule", "depth_mm": Decimal("1.5"), "needle": "30G 4 mm", "ml_per_point": Decimal("0.05")}
    return [
        row
        for slug, side, points in rows
        for row in zones.add_zone(
            session, zone=found[slug], side=side, points=points, **{**named, **values}, by=by, at=at or minutes(10)
        )
    ]


def finish(session: TreatmentSession, *, by: User) -> TreatmentSession:
    """Inject, watch, see nothing, end."""
    return sessions.edit(
        session,
        antiseptic="alcohol",
        anaesthetic={"kind": "none"},
        injection_started_at=minutes(8),
        injection_ended_at=minutes(20),
        reaction={"none_observed": True},
        ended_at=minutes(35),
        by=by,
        at=minutes(36),
    )


@pytest.fixture
def house(signed_reference: Clinic, doctor: Practitioner, location: Any) -> Clinic:
    """The clinic, closed on Sundays, with its reference signed, papers, and a kind of visit for treatments."""
    open_week(location, None)
    open_week(location, doctor)
    room(location)
    kind(signed_reference, "treatment", minutes=60, needs_course=True)
    templates.load_defaults(signed_reference, by=User.objects.system(), at=NOON)
    return signed_reference


@pytest.fixture
def plan(house: Clinic, patient: Any, doctor: Practitioner, practitioner: User) -> TreatmentPlan:
    """Six sessions against melasma, from today."""
    protocol = house.protocols.current().get(slug="melasma-vitc-gsh-6")
    return plans.start(patient, protocol=protocol, start_on=NOON.date(), practitioner=doctor, by=practitioner, at=NOON)


@pytest.fixture
def consent(plan: TreatmentPlan, practitioner: User) -> Consent:
    """The consent to the plan, signed by both."""
    return consented(plan, by=practitioner)


@pytest.fixture
def open_session(plan: TreatmentPlan, practitioner: User) -> TreatmentSession:
    """The plan's first session, just begun."""
    return sessions.open_session(plan.planned_sessions.get(ordinal=1), by=practitioner, at=NOON)


@pytest.fixture
def consented_session(open_session: TreatmentSession, consent: Consent) -> TreatmentSession:
    """A session for which the patient has consented."""
    return open_session


@pytest.fixture
def screened_session(consented_session: TreatmentSession, practitioner: User) -> TreatmentSession:
    """A session whose five questions were answered, nothing new."""
    return answered(consented_session, by=practitioner)


@pytest.fixture
def stock(house: Clinic) -> dict[str, Lot]:
    """The lots of the melasma case."""
    return melasma_lots(house)


@pytest.fixture
def mix(screened_session: TreatmentSession, stock: dict[str, Lot], practitioner: User) -> Preparation:
    """Four millilitres, drawn for the session."""
    return sessions.prepare(screened_session, components=melasma_mix(stock), by=practitioner, at=minutes(5))


@pytest.fixture
def mixed_session(screened_session: TreatmentSession, mix: Preparation) -> TreatmentSession:
    """A session whose mix is on the tray."""
    return screened_session


@pytest.fixture
def injected_session(mixed_session: TreatmentSession, practitioner: User) -> TreatmentSession:
    """A session with all four zones recorded: sixty points."""
    inject(mixed_session, by=practitioner)
    return mixed_session


@pytest.fixture
def ended_session(injected_session: TreatmentSession, practitioner: User) -> TreatmentSession:
    """A session that only wants its signature."""
    return finish(injected_session, by=practitioner)


@pytest.fixture
def signed_session(ended_session: TreatmentSession, practitioner: User) -> TreatmentSession:
    """A session that is closed."""
    return sessions.sign_off(ended_session, by=practitioner, at=minutes(40))
