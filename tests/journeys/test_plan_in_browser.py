"""A plan, its consent and its scores in a real browser: dates that follow, a drawn signature, a score that is seen."""

from datetime import timedelta

import pytest
from django.urls import reverse

from documents.models import Signature
from tests.cast import NOON
from tests.factories.plans import AFTER, BEFORE, areas
from tests.journeys.test_frame_in_browser import grave_findings
from treatments.actions import outcomes
from treatments.models import Consent, OutcomeMeasure, TreatmentPlan


def url(name, *args, query=""):
    return reverse(f"treatments:{name}", args=args) + query


def test_a_plan_is_agreed_and_its_dates_follow_what_is_chosen(logged_in, practitioner, house, patient):
    page = logged_in(practitioner)
    page.goto(url("plan_start", patient.pk))
    page.get_by_role("link", name="vitamin C + glutathione").click()
    page.get_by_label("First session").fill("2027-02-01")
    page.wait_for_selector("#dates time[datetime='2027-02-01']")
    page.get_by_label("Sessions").select_option("8")
    page.wait_for_selector("#dates tbody tr:nth-child(8)")
    page.get_by_label("Price per session").fill("115,00")
    page.get_by_role("button", name="Agree the plan for Amara Okonkwo").click()
    page.wait_for_selector("table.course")

    plan = TreatmentPlan.objects.get()
    assert (plan.start_on.isoformat(), plan.planned_sessions.count()) == ("2027-02-01", 8)
    assert str(plan.price_per_session) == "115.00"


def test_the_patient_signs_with_a_finger_and_hands_the_tablet_back(logged_in, front_desk, plan):
    page = logged_in(front_desk)
    page.set_viewport_size({"width": 834, "height": 1112})
    page.goto(url("consent_present", plan.pk))
    for group in page.locator(".yes-no").all():
        group.get_by_text("No", exact=True).click()
    page.get_by_role("button", name="Write the paper").click()
    page.get_by_role("link", name="Hand the tablet to the patient").click()
    page.wait_for_selector(".kiosk")
    assert page.locator(".rail").count() == 0
    page.get_by_label("I have read and understood this").check()
    board = page.locator("canvas")
    board.scroll_into_view_if_needed()
    box = board.bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.down()
    for step in range(12):
        page.mouse.move(box["x"] + 40 + step * 20, box["y"] + 60 + (step % 3) * 25)
    page.mouse.up()
    page.get_by_role("button", name="Sign as Amara Okonkwo").click()
    page.wait_for_selector(".kiosk-hand")

    assert Consent.objects.get().state == "signed"
    assert len(Signature.objects.get().strokes[0]) > 5


def test_the_score_is_seen_while_it_is_given(logged_in, practitioner, plan, patient):
    page = logged_in(practitioner)
    page.goto(url("outcome_rate", patient.pk, "mmasi", query=f"?plan={plan.pk}"))
    for row, marks in BEFORE.items():
        page.locator(f"#id_{row}-area").select_option(str(marks[0]))
        page.locator(f"#id_{row}-darkness").select_option(str(marks[1]))
    page.wait_for_selector("#hint .rating-score")
    assert page.locator("#hint .rating-score").inner_text() == "10.1"
    page.get_by_role("button", name="Save for Amara Okonkwo").click()
    page.wait_for_selector(".series")

    assert str(OutcomeMeasure.objects.get().score.normalize()) == "10.1"


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (834, "light"), (390, "light"), (1280, "dark")])
def test_the_pages_fit_their_screen_and_axe_finds_nothing_grave(
    logged_in, practitioner, site, plan, consent, signed_consent, priya, patient, width, theme
):
    for grades, days in ((BEFORE, 0), (AFTER, 77)):
        at = NOON + timedelta(days=days)
        outcomes.rate(
            patient, measure="mmasi", items=areas(grades), plan=plan, rated_on=at.date(), by=practitioner, at=at
        )
    page = logged_in(practitioner)
    page.context.add_cookies([{"name": "theme", "value": theme, "url": site}])
    page.set_viewport_size({"width": width, "height": 900})
    for address in (
        url("plan_list"),
        url("plan_detail", plan.pk),
        url("plan_phase", plan.pk),
        url("patient_plans", patient.pk),
        url("plan_start", patient.pk),
        url("plan_start", patient.pk, query="?protocol=melasma-txa-7"),
        url("plan_start", priya.pk, query="?protocol=localised-fat-pcdc-4"),
        url("request_decline", priya.pk, query="?protocol=localised-fat-pcdc-4"),
        url("consent_present", plan.pk),
        url("consent_sign", signed_consent.pk),
        url("consent_hand_back", signed_consent.pk),
        url("consent_detail", consent.pk),
        url("consent_list", patient.pk),
        url("outcome_list", patient.pk),
        url("outcome_rate", patient.pk, "masi"),
    ):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        assert grave_findings(page) == [], address
