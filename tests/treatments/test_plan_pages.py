from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from audit.models import Event
from formulations.actions import recipes
from patients.actions import care_teams, statements
from tests.cast import NOON, PASSWORD
from tests.factories import patients as people
from tests.factories.plans import protocol, start
from treatments.actions import plans
from treatments.models import Declined, TreatmentPlan

QUERIES = {"plan_list": 11, "plan_detail": 27}
MONDAY = "2026-12-07"


def url(name, *args, **query):
    address = reverse(f"treatments:{name}", args=args)
    return f"{address}?{'&'.join(f'{key}={value}' for key, value in query.items())}" if query else address


def sent(doctor, **values):
    """What the form of a new plan sends."""
    return {"start_on": MONDAY, "practitioner": doctor.pk, "sessions": 6, "language": "en", **values}


PAGES = [("plan_detail", "plan"), ("plan_phase", "plan"), ("patient_plans", "patient"), ("plan_start", "patient")]


@pytest.mark.parametrize(("name", "of"), PAGES)
def test_whoever_is_not_logged_in_is_sent_to_log_in(client, plan, name, of):
    address = url(name, plan.pk if of == "plan" else plan.patient_id)

    assert client.get(address).headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(("name", "of"), PAGES)
def test_another_clinic_finds_nothing(as_user, stranger, plan, name, of):
    assert as_user(stranger).get(url(name, plan.pk if of == "plan" else plan.patient_id)).status_code == 404


@pytest.mark.parametrize(("name", "of"), PAGES)
def test_the_front_desk_sees_no_plan(as_user, front_desk, plan, name, of):
    assert as_user(front_desk).get(url(name, plan.pk if of == "plan" else plan.patient_id)).status_code == 403
    assert Event.objects.filter(kind="access.denied", actor_id=front_desk.pk).exists()


@pytest.mark.parametrize("name", ["plan_detail", "plan_phase"])
def test_a_practitioner_finds_no_plan_of_somebody_else_s_patient(as_user, colleague, plan, name):
    assert as_user(colleague).get(url(name, plan.pk)).status_code == 404


def test_a_practitioner_starts_no_plan_for_somebody_else_s_patient(as_user, colleague, plan):
    assert as_user(colleague).get(url("plan_start", plan.patient_id)).status_code == 404


@pytest.mark.parametrize("reader", ["owner", "nurse"])
def test_owner_and_nurse_read_a_plan_and_change_nothing(request, as_user, plan, reader):
    browser = as_user(request.getfixturevalue(reader))

    page = browser.get(url("plan_detail", plan.pk))

    assert page.status_code == 200
    assert b"Discontinue" not in page.content
    assert browser.post(url("plan_change", plan.pk, "pause"), {"reason": "No"}).status_code == 403
    assert browser.get(url("plan_start", plan.patient_id)).status_code == 403


def test_the_owner_reads_no_score(as_user, owner, nurse, plan):
    assert b"head-outcomes" not in as_user(owner).get(url("plan_detail", plan.pk)).content
    assert b"head-outcomes" in as_user(nurse).get(url("plan_detail", plan.pk)).content


def test_a_plan_shows_its_six_days(as_user, practitioner, plan):
    page = as_user(practitioner).get(url("plan_detail", plan.pk)).content.decode()

    for day in ("2025-02-03", "2025-02-10", "2025-02-17", "2025-02-24", "2025-03-10", "2025-03-24"):
        assert f'datetime="{day}"' in page
    assert f"visit={plan.planned_sessions.get(ordinal=1).visit_id}" in page
    assert "No consent counts yet" in page
    assert Event.objects.filter(kind="chart.viewed", patient_id=plan.patient_id, actor_id=practitioner.pk).exists()


def test_the_evidence_is_shown_as_it_is(as_user, practitioner, plan):
    page = as_user(practitioner).get(url("plan_start", plan.patient_id)).content.decode()

    assert plan.protocol.evidence_note in page
    assert "43 percent" not in page
    assert "A controlled study found that mesotherapy was not an effective way to shape the body." in page


def test_the_dates_follow_the_start(as_user, practitioner, doctor, house, patient):
    browser = as_user(practitioner)
    asked = {"protocol": "melasma-vitc-gsh-6", "practitioner": doctor.pk, "sessions": 6}

    shown = browser.get(url("plan_dates", patient.pk, start_on="2025-02-03", **asked)).content.decode()
    closed = browser.get(url("plan_dates", patient.pk, start_on="2025-02-09", **asked)).content.decode()
    whole = browser.get(url("plan_start", patient.pk, start_on="2025-02-03", **asked)).content.decode()

    for page in (shown, whole):
        assert 'datetime="2025-03-24"' in page
    assert "next open day is 2025-02-10" in closed
    assert browser.get(url("plan_dates", patient.pk, start_on="soon", **asked)).status_code == 200


def test_a_plan_is_agreed_on_the_page(as_user, practitioner, doctor, house, patient):
    page = as_user(practitioner).post(
        url("plan_start", patient.pk, protocol="melasma-vitc-gsh-6"),
        sent(doctor, price_per_session="115,00", aim="Lighter"),
    )

    plan = TreatmentPlan.objects.get()
    assert page.headers["Location"] == url("plan_detail", plan.pk)
    assert (plan.start_on, str(plan.price_per_session), plan.aim) == (date(2026, 12, 7), "115.00", "Lighter")
    assert plan.planned_sessions.count() == 6


def test_the_same_form_sent_twice_makes_one_plan(as_user, practitioner, doctor, house, patient):
    browser, address = as_user(practitioner), url("plan_start", patient.pk, protocol="melasma-vitc-gsh-6")

    answers = [browser.post(address, sent(doctor, idempotency_key="k" * 22)) for _click in range(2)]

    assert TreatmentPlan.objects.count() == 1
    assert answers[0].headers["Location"] == answers[1].headers["Location"]


def test_a_closed_day_is_refused_with_what_was_typed_still_there(as_user, practitioner, doctor, house, patient):
    page = as_user(practitioner).post(
        url("plan_start", patient.pk, protocol="melasma-vitc-gsh-6"),
        sent(doctor, start_on="2026-12-06", aim="A lighter forehead"),
    )

    assert page.status_code == 422
    assert b"next open day is 2026-12-07" in page.content
    assert b"A lighter forehead" in page.content
    assert not TreatmentPlan.objects.exists()


def test_a_warning_is_passed_with_a_reason_and_not_without(as_user, practitioner, doctor, house):
    amara = people.register(
        house, by=practitioner, medicines=[{"name": "ethinylestradiol/levonorgestrel", "prescribed": True}]
    )
    browser, address = as_user(practitioner), url("plan_start", amara.pk, protocol="melasma-txa-7")

    silent = browser.post(address, sent(doctor, sessions=7))
    spoken = browser.post(address, sent(doctor, sessions=7, words_0="Her gynaecologist agrees"))

    assert silent.status_code == 422
    assert spoken.status_code == 302
    assert TreatmentPlan.objects.get().waivers.get().reason == "Her gynaecologist agrees"


def test_a_block_that_policy_leaves_to_the_director_asks_who_they_are(as_user, practitioner, doctor, house, patient):
    statements.state_condition(patient, "favism", by=practitioner, at=NOON)
    address = url("plan_start", patient.pk, protocol="melasma-vitc-gsh-6")
    words = sent(doctor, words_0="The haematologist agrees")
    practitioner.set_password(PASSWORD)
    practitioner.save()

    asked = as_user(practitioner).post(address, words)
    assert "reauthenticate" in asked.headers["Location"]
    assert not TreatmentPlan.objects.exists()

    proven = as_user(practitioner, confirmed=True).post(address, words)
    plan = TreatmentPlan.objects.get()
    assert proven.headers["Location"] == url("plan_detail", plan.pk)
    assert plan.waivers.get().code == "contraindication"


def test_case_8_is_told_everything_and_offered_to_decline(as_user, practitioner, priya):
    browser = as_user(practitioner)

    page = browser.get(url("plan_start", priya.pk, protocol="localised-fat-pcdc-4")).content.decode()

    places = [page.index(words) for words in ("is not available in this clinic", "contains soy", "rules out", "BDD")]
    assert places == sorted(places)
    assert "Agree the plan" not in page
    assert "Decline the request" in page


def test_case_8_is_declined_on_the_page(as_user, practitioner, priya):
    browser = as_user(practitioner)

    page = browser.post(
        url("request_decline", priya.pk),
        {
            "protocol": "localised-fat-pcdc-4",
            "instead": ["wait", "psychology"],
            "recheck_on": "2025-12-01",
        },
    )

    declined = Declined.objects.get()
    assert page.headers["Location"] == url("patient_plans", priya.pk)
    assert declined.reasons == ["Wait, and look again later", "Psychological support"]
    assert declined.recheck_on == date(2025, 12, 1)
    assert not TreatmentPlan.objects.exists()
    assert b"contains soy" in browser.get(url("patient_plans", priya.pk)).content


def test_a_plan_is_paused_and_resumed_on_its_page(as_user, practitioner, plan):
    browser = as_user(practitioner)

    browser.post(url("plan_change", plan.pk, "pause"), {"reason": "On holiday"})
    paused = browser.get(url("plan_detail", plan.pk)).content.decode()
    empty = browser.post(url("plan_change", plan.pk, "resume"), {"reason": ""})
    browser.post(url("plan_change", plan.pk, "resume"), {"reason": "Back"})

    plan.refresh_from_db()
    assert "On holiday" in paused
    assert empty.status_code == 422
    assert plan.state == "active"


def test_what_a_side_effect_holds_back_is_not_resumed_here(as_user, practitioner, plan):
    plans.pause(plan, reason="A nodule", code="open_side_effect", url="/safety/4/", by=practitioner, at=NOON)
    browser = as_user(practitioner)

    page = browser.get(url("plan_detail", plan.pk)).content.decode()
    tried = browser.post(url("plan_change", plan.pk, "resume"), {"reason": "Fine"})

    assert 'href="/safety/4/"' in page
    assert url("plan_change", plan.pk, "resume") not in page
    assert tried.status_code == 422


def test_an_unknown_change_is_no_page(as_user, practitioner, plan):
    assert as_user(practitioner).get(url("plan_change", plan.pk, "explode")).status_code == 404


@pytest.mark.parametrize("more", [0, 3])
def test_the_list_of_plans_asks_the_database_as_often_for_one_as_for_many(
    as_user, practitioner, doctor, plan, house, django_assert_num_queries, more
):
    for _person in range(more):
        someone = people.register(house, by=practitioner)
        care_teams.join(someone, doctor, by=practitioner, at=NOON)
        start(someone, doctor)
    browser = as_user(practitioner)
    browser.get(url("plan_list"))

    with django_assert_num_queries(QUERIES["plan_list"]):
        page = browser.get(url("plan_list"))

    assert len(page.context["page"].object_list) == 1 + more


@pytest.mark.parametrize("sessions", [3, 9])
def test_a_plan_asks_the_database_as_often_for_three_sessions_as_for_nine(
    as_user, practitioner, doctor, house, patient, django_assert_num_queries, sessions
):
    plan = start(patient, doctor, sessions=sessions)
    browser = as_user(practitioner)
    browser.get(url("plan_detail", plan.pk))

    with django_assert_num_queries(QUERIES["plan_detail"]):
        browser.get(url("plan_detail", plan.pk))


def test_a_protocol_of_another_clinic_is_none(as_user, practitioner, house, patient):
    assert as_user(practitioner).get(url("plan_start", patient.pk, protocol="nothing-like-it")).status_code == 404
    assert protocol(house)


def test_the_page_offers_the_usual_substances_and_takes_others(as_user, practitioner, doctor, house, patient):
    browser = as_user(practitioner)
    asked = {"protocol": "melasma-vitc-gsh-6"}

    page = browser.get(url("plan_start", patient.pk, **asked, ingredients="glutathione", another="tranexamic-acid"))
    browser.post(url("plan_start", patient.pk, **asked), sent(doctor, ingredients=["glutathione", "tranexamic-acid"]))

    shown = page.content.decode()
    assert 'name="ingredients" value="tranexamic-acid"' in shown
    plan = TreatmentPlan.objects.get()
    assert {row.ingredient.slug for row in plan.plan_ingredients.all()} == {"glutathione", "tranexamic-acid"}


def test_what_speaks_against_another_substance_is_said_before_the_plan_is_made(as_user, practitioner, house, priya):
    care_teams.join(priya, practitioner.memberships.get(), by=practitioner, at=NOON)

    page = as_user(practitioner).get(
        url("plan_start", priya.pk, protocol="melasma-vitc-gsh-6", ingredients="phosphatidylcholine")
    )

    assert b"contains soy" in page.content


def test_a_plan_is_made_from_an_approved_recipe(as_user, practitioner, doctor, house, patient, approved_recipe):
    as_user(practitioner).post(
        url("plan_start", patient.pk, protocol="melasma-vitc-gsh-6"), sent(doctor, recipe=approved_recipe.pk)
    )

    plan = TreatmentPlan.objects.get()
    assert plan.version == approved_recipe
    assert [row.ingredient.slug for row in plan.plan_ingredients.order_by("ordinal")] == ["vitamin-c"]


def test_a_recipe_that_nobody_approved_makes_no_plan(as_user, practitioner, doctor, house, patient):
    parts = [{"ingredient": "vitamin-c", "concentration": Decimal(100), "unit": "mg/mL", "volume_ml": Decimal(2)}]
    draft = recipes.add(house, name="A draft", components=parts, by=practitioner, at=NOON)

    as_user(practitioner).post(
        url("plan_start", patient.pk, protocol="melasma-vitc-gsh-6"), sent(doctor, recipe=draft.pk)
    )

    assert not TreatmentPlan.objects.filter(version=draft).exists()


def test_the_price_stands_per_session_and_in_total(as_user, practitioner, house, patient, doctor):
    plan = start(patient, doctor, price_per_session=Decimal("115.50"))

    page = as_user(practitioner).get(url("plan_detail", plan.pk)).content.decode()

    assert "115.50" in page
    assert "693.00" in page


def test_colleagues_are_named_to_the_team_with_the_plan(as_user, practitioner, doctor, second_doctor, house, patient):
    browser = as_user(practitioner)
    offered = browser.get(url("plan_start", patient.pk, protocol="melasma-vitc-gsh-6")).content.decode()

    browser.post(
        url("plan_start", patient.pk, protocol="melasma-vitc-gsh-6"),
        sent(doctor, team=[second_doctor.membership_id]),
    )

    assert "Carl Colleague" in offered
    assert patient.care_team.standing().filter(membership=second_doctor.membership).exists()
    assert (
        as_user(second_doctor.membership.user).get(url("plan_detail", TreatmentPlan.objects.get().pk)).status_code
        == 200
    )
