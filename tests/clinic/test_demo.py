"""The demo clinic is built once, through the product, and case 1 comes out exactly."""

import json
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Clinic, Role
from treatments.actions import outcomes
from treatments.rules.courses import lines_of


def told() -> dict:
    output = StringIO()
    call_command("demo", json=True, stdout=output)
    return json.loads(output.getvalue())


@pytest.fixture
def demo(db):
    answer = told()
    clinic = Clinic.objects.get(slug="demo")
    return answer, clinic, clinic.plans.with_chart().get(pk=answer["cases"]["1"]["plan"])


def test_it_has_an_account_for_each_role_and_is_built_once(demo):
    answer, clinic, _plan = demo
    again = told()

    assert {account["role"] for account in answer["accounts"]} == set(Role.values)
    assert [account["api_token"] for account in again["accounts"]] == [each["api_token"] for each in answer["accounts"]]
    assert Clinic.objects.count() == 1
    assert clinic.patients.count() >= 1


def test_it_refuses_in_production(db, settings):
    settings.CLINIC_ENV = "production"
    with pytest.raises(CommandError, match="not for production"):
        call_command("demo")


def test_case_1_has_the_dates_of_the_reference(demo):
    answer, _clinic, plan = demo
    shift = timedelta(weeks=answer["cases"]["1"]["shift_weeks"])
    expected = ["2025-02-03", "2025-02-10", "2025-02-17", "2025-02-24", "2025-03-10", "2025-03-24"]

    assert [line.visit.done_on - shift for line in lines_of(plan)] == [date.fromisoformat(day) for day in expected]


def test_case_1_has_the_doses_of_the_reference(demo):
    _answer, clinic, plan = demo
    for session in plan.sessions.all():
        mix = session.session_preparations.get().preparation
        doses = {}
        for use in clinic.component_uses.filter(zone_application__session=session).select_related("ingredient"):
            doses[use.ingredient.slug] = doses.get(use.ingredient.slug, 0) + use.dose

        assert (mix.total_ml, mix.injected_ml, mix.wasted_ml) == (4, 3, 1)
        assert (doses["vitamin-c"], doses["glutathione"]) == (150, pytest.approx(112.5))
        assert session.state == "signed"


def test_case_1_has_the_scores_of_the_reference(demo):
    _answer, _clinic, plan = demo
    shown = {
        measure: [(str(row.score.normalize()), outcomes.change_of(row)) for row in plan.outcomes.of(measure)]
        for measure in ("mmasi", "masi")
    }
    assert shown == {"mmasi": [("10.1", None), ("6.1", "-39.6")], "masi": [("19.2", None), ("13.4", "-30.21")]}


def test_no_signed_session_lies_in_the_future(demo):
    _answer, _clinic, plan = demo
    assert all(session.signed_at.date() <= date.today() for session in plan.sessions.all())
