"""How often a session asks the database: each fact is read once for a look at it, however many zones there are."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories.treatments import finish, minutes

ZONES = (("forehead", "midline", 20), ("malar", "right", 18), ("malar", "left", 18), ("chin", "midline", 4))
TIME_OUT, ONE_ZONE, EACH_ZONE, SIGN_OFF = 115, 80, 7, 115


def url(name, session):
    return reverse(f"treatments:{name}", args=[session.pk])


def typed(rows):
    sent = {"zones-TOTAL_FORMS": str(len(rows)), "zones-INITIAL_FORMS": "0"}
    for number, (zone, side, points) in enumerate(rows):
        line = {"zone": zone, "side": side, "technique": "papule", "depth_mm": "1.5", "ml_per_point": "0.05"}
        sent |= {f"zones-{number}-{name}": value for name, value in {**line, "points": str(points)}.items()}
    return sent


@pytest.fixture
def tablet(time_machine, as_user, practitioner, mixed_session):
    time_machine.move_to(minutes(7), tick=False)
    return as_user(practitioner, confirmed=True)


def asked(tablet, address, sent):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = tablet.post(address, sent)
    assert answer.status_code == 302, answer.content.decode()
    return len(queries)


def test_the_time_out_reads_each_fact_once_for_a_look(tablet, mixed_session):
    assert asked(tablet, url("session_time_out", mixed_session), {}) <= TIME_OUT


def test_a_zone_more_costs_a_handful_of_questions(tablet, mixed_session):
    one = asked(tablet, url("session_zones", mixed_session), typed(ZONES[:1]))
    four = asked(tablet, url("session_zones", mixed_session), typed(ZONES))

    assert one <= ONE_ZONE
    assert four <= one + EACH_ZONE * 3
    assert mixed_session.zone_applications.count() == 4


def test_the_signature_reads_each_fact_once(tablet, mixed_session, practitioner, as_user, time_machine):
    tablet.post(url("session_time_out", mixed_session), {})
    tablet.post(url("session_zones", mixed_session), typed(ZONES))
    time_machine.move_to(minutes(40), tick=False)
    finish(mixed_session, by=practitioner)

    assert asked(as_user(practitioner, confirmed=True), url("session_sign_off", mixed_session), {}) <= SIGN_OFF
    mixed_session.refresh_from_db()
    assert mixed_session.state == "signed"
