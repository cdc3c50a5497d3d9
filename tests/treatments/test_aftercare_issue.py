from datetime import UTC

from tests.factories.scheduling import booked, local
from tests.factories.treatments import finish, inject, minutes
from treatments.actions import aftercare, sessions


def sheets(session):
    return [row.document for row in session.session_documents.order_by("pk")]


def test_the_sheet_names_zones_lots_and_millilitres(ended_session):
    payload = sheets(ended_session)[0].payload

    assert payload["zones"] == ["Forehead", "Cheek (malar) (right)", "Cheek (malar) (left)", "Chin"]
    assert payload["products"] == [
        {"name": "Vitamin C 100 mg/mL", "lot": "VC-2411-07", "ml": "1.5"},
        {"name": "Glutathione 150 mg/mL", "lot": "GS-2502-03", "ml": "0.75"},
        {"name": "Sodium chloride 0.9 %", "lot": "NS-2410-61", "ml": "0.75"},
    ]


def test_the_sheet_advises_on_face_and_pigment_and_says_when_next(ended_session):
    payload = sheets(ended_session)[0].payload

    assert payload["advice_for"] == ["face", "pigment"]
    assert payload["session"] == {"ordinal": 1, "total": 6, "on": "2025-02-03"}
    assert payload["next_visit"] == "between 10 February 2025 and 13 February 2025"


def test_the_sheet_is_in_the_language_of_the_plan(injected_session, practitioner):
    plan = injected_session.plan
    type(plan).objects.filter(pk=plan.pk).update(language="es")

    session = finish(injected_session, by=practitioner)

    assert sheets(session)[0].language == "es"


def test_one_sheet_is_enough_as_long_as_it_says_the_same(signed_session):
    assert len(sheets(signed_session)) == 1
    assert sheets(signed_session)[0].kind == "aftercare"


def test_a_zone_recorded_afterwards_makes_a_new_sheet(mixed_session, practitioner):
    inject(mixed_session, by=practitioner, rows=[("forehead", "midline", 20)])
    moments = {"injection_started_at": minutes(8), "injection_ended_at": minutes(20)}
    session = sessions.edit(mixed_session, **moments, by=practitioner, at=minutes(21))
    inject(mixed_session, by=practitioner, rows=[("chin", "midline", 4)], at=minutes(22))

    sessions.edit(
        mixed_session, reaction={"none_observed": True}, ended_at=minutes(35), by=practitioner, at=minutes(36)
    )

    assert [paper.payload["zones"] for paper in sheets(session)] == [["Forehead"], ["Forehead", "Chin"]]


def test_before_the_last_injection_there_is_no_sheet(injected_session, practitioner):
    aftercare.issue(injected_session, by=practitioner, at=minutes(12))

    assert sheets(injected_session) == []


def test_a_booked_next_visit_stands_on_the_sheet(injected_session, plan, doctor, location, practitioner):
    visit = plan.planned_sessions.get(ordinal=2).visit
    appointment = booked(
        plan.clinic,
        plan.patient,
        doctor,
        visit.kind,
        local(visit.course.start_on.replace(day=10), "10:00"),
        course_visit=visit,
    )

    session = finish(injected_session, by=practitioner)

    assert sheets(session)[0].payload["next_visit"] == {"at": appointment.starts_at.astimezone(UTC).isoformat()}
