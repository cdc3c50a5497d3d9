from datetime import date

import pytest

from audit.models import Event
from common.refused import Refused
from tests.factories.treatments import finish, minutes
from treatments.actions import consents, sessions


def test_the_plan_counts_from_the_day_of_the_last_injection(injected_session, practitioner):
    session = finish(injected_session, by=practitioner)

    assert session.planned_session.visit.done_on == date(2025, 2, 3)
    assert (session.state, session.injected_by) == ("ended", practitioner)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"injection_ended_at": minutes(20)}, "first injection"),
        ({"injection_started_at": minutes(20), "injection_ended_at": minutes(10)}, "before the first"),
        ({"injection_started_at": minutes(90)}, "has not come yet"),
    ],
)
def test_moments_come_in_their_order(injected_session, practitioner, changes, sentence):
    with pytest.raises(Refused, match=sentence):
        sessions.edit(injected_session, **changes, by=practitioner, at=minutes(30))


def test_none_observed_is_an_answer(injected_session, practitioner):
    session = sessions.edit(injected_session, reaction={"none_observed": True}, by=practitioner, at=minutes(30))

    assert session.reaction.none_observed
    assert not session.reaction.effects.exists()


def test_what_was_seen_is_named_with_its_grade(injected_session, practitioner):
    seen = {"effects": [{"effect": "redness", "grade": 1}, {"effect": "burning", "grade": 1}], "pain": 3}
    session = sessions.edit(injected_session, reaction=seen, by=practitioner, at=minutes(30))

    assert not session.reaction.none_observed
    assert set(session.reaction.effects.values_list("effect__slug", "grade")) == {("redness", 1), ("burning", 1)}


@pytest.mark.parametrize(
    "reaction", [{}, {"none_observed": True, "effects": [{"effect": "redness", "grade": 1}]}], ids=["neither", "both"]
)
def test_a_reaction_is_either_none_or_named(injected_session, practitioner, reaction):
    with pytest.raises(Refused, match="none observed"):
        sessions.edit(injected_session, reaction=reaction, by=practitioner, at=minutes(30))


def test_an_effect_that_is_not_in_the_list_is_refused(injected_session, practitioner):
    seen = {"effects": [{"effect": "glow", "grade": 1}]}
    with pytest.raises(Refused, match="glow"):
        sessions.edit(injected_session, reaction=seen, by=practitioner, at=minutes(30))


def test_a_session_does_not_end_without_an_answer_about_the_reaction(injected_session, practitioner):
    moments = {"injection_started_at": minutes(8), "injection_ended_at": minutes(20)}

    with pytest.raises(Refused, match="none observed"):
        sessions.edit(injected_session, **moments, ended_at=minutes(35), by=practitioner, at=minutes(36))


def test_a_session_does_not_end_before_its_last_injection(injected_session, practitioner):
    changes = {"injection_started_at": minutes(8), "injection_ended_at": minutes(20), "ended_at": minutes(15)}

    with pytest.raises(Refused, match="before the last injection"):
        sessions.edit(injected_session, **changes, reaction={"none_observed": True}, by=practitioner, at=minutes(36))


def test_two_tablets_do_not_overwrite_each_other(injected_session, practitioner):
    seen = sessions.edit(injected_session, antiseptic="alcohol", by=practitioner, at=minutes(9)).revision
    sessions.edit(injected_session, note="Calm", revision=seen, by=practitioner, at=minutes(9))

    with pytest.raises(Refused) as refused:
        sessions.edit(injected_session, note="Restless", revision=seen, by=practitioner, at=minutes(9))

    assert refused.value.code == "stale_revision"


def test_what_was_injected_against_the_gate_is_recorded_as_a_deviation_and_becomes_a_task(
    injected_session, consent, practitioner, doctor
):
    consents.withdraw(consent, reason="Changed her mind", by=practitioner, at=minutes(7))

    session = finish(injected_session, by=practitioner)

    assert list(session.deviations.values_list("code", flat=True)) == ["consent_missing"]
    task = session.clinic.tasks.open().get(kind="deviation")
    assert (task.assignee, task.is_red) == (doctor.membership, True)


def test_a_session_by_the_book_has_no_deviation(ended_session):
    assert not ended_session.deviations.exists()
    assert not ended_session.clinic.tasks.open().filter(kind="deviation").exists()


def test_a_session_in_which_nothing_was_injected_can_be_given_up(mixed_session, mix, practitioner):
    session = sessions.abandon(mixed_session, reason="Patient felt unwell", by=practitioner, at=minutes(9))

    mix.refresh_from_db()
    assert (session.state, mix.state) == ("abandoned", "discarded")
    assert "session.abandoned" in Event.objects.about(session).kinds()
    assert sessions.open_session(session.planned_session, by=practitioner, at=minutes(60)).state == "open"


def test_a_session_with_injections_cannot_be_given_up(injected_session, practitioner):
    with pytest.raises(Refused, match="was injected"):
        sessions.abandon(injected_session, reason="Patient felt unwell", by=practitioner, at=minutes(9))
