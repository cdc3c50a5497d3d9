import pytest

from tests.cast import PASSWORD
from tests.factories.treatments import CASE_1, NOTHING_NEW, consented, inject, minutes
from treatments.models import Screening

REST = {"technique": "papule", "depth_mm": "1.5", "needle": "30G 4 mm", "ml_per_point": "0.05"}


@pytest.fixture
def noon(time_machine):
    time_machine.move_to(minutes(0), tick=False)
    return time_machine


@pytest.fixture
def door(noon, api, practitioner, house):
    return api(practitioner, confirmed=True)


def say(response, status=200):
    assert response.status_code == status, response.content
    return response.json()


def url(session, tail=""):
    return f"/api/v1/sessions/{session['id'] if isinstance(session, dict) else session.pk}/{tail}"


def test_case_1_through_the_machines_door(door, noon, plan, consent, stock):
    session = say(door.post("/api/v1/sessions/", {"plan": plan.pk}), 201)
    assert (session["ordinal"], session["state"], session["revision"]) == (1, "open", 1)

    screened = say(door.post(url(session, "screening/"), {"answers": NOTHING_NEW, "weight_kg": "64"}))
    assert [each["code"] for each in screened["findings"] if each["stage"] == "screening"] == []

    components = [{"lot": lot.pk, "volume_ml": ml} for lot, ml in zip(stock.values(), ("2,0", "1.0", "1"), strict=True)]
    mix = say(door.post("/api/v1/preparations/", {"session": session["id"], "components": components}), 201)
    assert mix["total_ml"] == "4"

    say(door.post(url(session, "time-out/"), {}))
    for zone, side, points in CASE_1:
        body = {**REST, "zone": zone, "side": side, "points": points, "preparation": mix["id"]}
        say(door.post(url(session, "zones/"), body), 201)

    noon.move_to(minutes(40), tick=False)
    edited = say(
        door.patch(
            url(session),
            {
                "anaesthetic": {"kind": "none"},
                "antiseptic": "alcohol",
                "injection_started_at": minutes(8).isoformat(),
                "injection_ended_at": minutes(20).isoformat(),
                "ended_at": minutes(35).isoformat(),
                "reaction": {"effects": [{"effect": "redness", "grade": 1}, {"effect": "burning", "grade": 1}]},
            },
        )
    )
    assert edited["state"] == "ended"

    door.confirm()
    signed = say(door.post(url(session, "sign-off/"), {}))

    assert (signed["state"], signed["points"], signed["injected_ml"]) == ("signed", 60, "3")
    assert {each["ingredient"]: (each["amount"], each["unit"]) for each in signed["delivered"]} == {
        "vitamin-c": ("150", "mg"),
        "glutathione": ("112.5", "mg"),
        "sodium-chloride": ("6.75", "mg"),
    }
    assert [(each["injected_ml"], each["wasted_ml"]) for each in signed["preparations"]] == [("3", "1")]
    assert [each["kind"] for each in signed["documents"]] == ["aftercare"]
    assert signed["deviations"] == []
    done = say(door.get(f"/api/v1/plans/{plan.pk}/"))["planned_sessions"][0]
    assert (done["status"], done["session"]) == ("done", session["id"])


def test_a_session_is_opened_by_its_planned_session_or_its_plan(door, plan):
    assert door.post("/api/v1/sessions/", {}).status_code == 400
    planned = plan.planned_sessions.get(ordinal=1)

    assert say(door.post("/api/v1/sessions/", {"planned_session": planned.pk}), 201)["planned_session"] == planned.pk
    again = door.post("/api/v1/sessions/", {"planned_session": planned.pk})

    assert (again.status_code, again.json()["code"]) == (409, "already_done")


def test_a_question_without_an_answer_is_malformed(door, open_session):
    answers = {key: value for key, value in NOTHING_NEW.items() if key != "infection"}
    refused = door.post(url(open_session, "screening/"), {"answers": answers})

    assert refused.status_code == 400
    assert "infection" in refused.json()["detail"]
    assert not Screening.objects.exists()


def test_a_question_that_nobody_asks_is_an_unknown_field(door, open_session):
    refused = door.post(url(open_session, "screening/"), {"answers": {**NOTHING_NEW, "mood": "good"}})

    assert (refused.status_code, refused.json()["code"]) == (400, "unknown_field")


def test_an_answer_may_carry_a_note(door, open_session):
    answers = {**NOTHING_NEW, "infection": "unknown", "infection_note": "Sneezed twice"}

    found = say(door.post(url(open_session, "screening/"), {"answers": answers}))

    assert found["screening"]["answers"]["infection_note"] == "Sneezed twice"
    assert {"not_checked", "consent_missing"} <= {each["code"] for each in found["findings"]}


def test_both_sides_are_answered_as_two_rows(door, mixed_session, noon):
    noon.move_to(minutes(10), tick=False)

    rows = say(
        door.post(url(mixed_session, "zones/"), {**REST, "zone": "malar", "side": "bilateral", "points": 18}), 201
    )

    assert [(row["side"], row["volume_ml"]) for row in rows] == [("left", "0.9"), ("right", "0.9")]
    assert {use["lot_number"] for use in rows[0]["uses"]} == {"VC-2411-07", "GS-2502-03", "NS-2410-61"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"zone": "moon"}, 400),
        ({"side": "top"}, 400),
        ({"points": 81}, 409),
        ({"depth_mm": "6"}, 409),
        ({"ml_per_point": "0,0500"}, 400),
        ({"preparation": 999999}, 400),
        ({"device": 999999}, 400),
        ({"state": "signed"}, 400),
    ],
)
def test_a_zone_that_cannot_be_is_refused_with_a_sentence(door, mixed_session, body, status):
    answer = door.post(
        url(mixed_session, "zones/"), {**REST, "zone": "forehead", "side": "midline", "points": 20, **body}
    )

    assert answer.status_code == status, answer.content
    assert answer.json()["detail"]


def test_a_zone_recorded_by_mistake_is_taken_out(door, injected_session):
    zone = injected_session.zone_applications.first()

    assert door.delete(url(injected_session, f"zones/{zone.pk}/")).status_code == 204
    assert injected_session.zone_applications.count() == 3


def test_signing_asks_who_it_is_again(api, noon, practitioner, ended_session):
    noon.move_to(minutes(40), tick=False)
    practitioner.set_password(PASSWORD)
    practitioner.save()
    refused = api(practitioner).post(url(ended_session, "sign-off/"), {})

    assert refused.status_code == 403, refused.content
    assert refused.json()["code"] == "step_up_required"


def test_a_sign_off_that_lacks_something_says_all_of_it(door, mixed_session):
    refused = door.post(url(mixed_session, "sign-off/"), {})

    assert refused.status_code == 409
    assert len(refused.json()["reasons"]) == 4
    assert all(reason["fix_url"] for reason in refused.json()["reasons"])


def test_a_difference_wants_a_reason(door, noon, ended_session, mix):
    noon.move_to(minutes(40), tick=False)
    door.confirm()
    body = {"wasted": [{"preparation": mix.pk, "ml": "0,5"}]}

    assert door.post(url(ended_session, "sign-off/"), body).json()["code"] == "reason_needed"
    body["wasted"][0]["reason"] = "Dropped a syringe"
    assert say(door.post(url(ended_session, "sign-off/"), body))["state"] == "signed"


def test_after_the_signature_there_are_only_addenda(door, noon, signed_session):
    noon.move_to(minutes(50), tick=False)

    assert door.patch(url(signed_session), {"note": "Later"}).json()["code"] == "wrong_state"
    addendum = say(door.post(url(signed_session, "addenda/"), {"text": "No pain", "late": True}), 201)

    assert (addendum["text"], addendum["late"]) == ("No pain", True)
    assert say(door.get(url(signed_session)))["addenda"][0]["text"] == "No pain"


def test_a_second_tablet_is_told_that_the_page_is_old(door, open_session):
    say(door.patch(url(open_session), {"antiseptic": "alcohol", "revision": 1}))
    late = door.patch(url(open_session), {"note": "Calm", "revision": 1})

    assert (late.status_code, late.json()["code"]) == (409, "stale_revision")


def test_early_a_reason_given_at_the_opening_is_enough(door, plan, stock):
    consented(plan, by=plan.practitioner.membership.user)
    planned = plan.planned_sessions.get(ordinal=2)
    early = {"overrides": [{"code": "interval_early", "reason": "Travels next week"}]}

    session = say(door.post("/api/v1/sessions/", {"planned_session": planned.pk, **early}), 201)
    say(door.post(url(session, "screening/"), {"answers": NOTHING_NEW}))
    components = [{"lot": stock["vitamin-c"].pk, "volume_ml": "2"}]
    say(door.post("/api/v1/preparations/", {"session": session["id"], "components": components}), 201)

    found = {(each["stage"], each["code"]): each["reason"] for each in session["findings"]}
    assert found["opening", "interval_early"] == "Travels next week"


def test_a_strangers_and_a_colleagues_session_do_not_exist(noon, api, open_session, stranger, colleague):
    for somebody in (stranger, colleague):
        knock = api(somebody, confirmed=True)
        assert knock.get(url(open_session)).status_code == 404
        assert knock.post(url(open_session, "screening/"), {"answers": NOTHING_NEW}).status_code == 404
        assert knock.post(url(open_session, "sign-off/"), {}).status_code == 404


@pytest.mark.parametrize("role", ["owner", "front_desk", "auditor"])
def test_who_does_not_treat_reads_no_session(noon, api, open_session, request, role):
    assert api(request.getfixturevalue(role)).get(url(open_session)).status_code == 403


def test_the_list_shows_ones_own_and_filters(door, open_session, plan):
    rows = say(door.get("/api/v1/sessions/", {"patient": plan.patient_id, "state": "open"}))["results"]

    assert [row["id"] for row in rows] == [open_session.pk]
    assert say(door.get("/api/v1/sessions/", {"state": "signed"}))["results"] == []


@pytest.mark.parametrize("zones", [1, 4])
def test_a_whole_session_takes_the_same_number_of_queries_however_long(
    door, mixed_session, practitioner, django_assert_max_num_queries, zones
):

    inject(mixed_session, by=practitioner, rows=CASE_1[:zones])
    door.get(url(mixed_session))

    with django_assert_max_num_queries(38):
        say(door.get(url(mixed_session)))
