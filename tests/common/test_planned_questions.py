"""Questions that are planned once and asked anew each time."""

import pytest
from django.db import DataError, connection, transaction
from django.utils import timezone

from accounts.actions import members
from accounts.models import Membership
from common.prepared import Given, Question, ask
from tests.factories.patients import register

BY_ROLE = Question(lambda: Membership.objects.active().filter(clinic=Given("clinic")).select_related("user"))


def test_a_planned_question_sees_what_was_written_a_moment_ago(clinic, owner, nurse):
    before = BY_ROLE.all(clinic=clinic.pk)
    members.disable(nurse.memberships.get(), reason="left", by=owner, at=timezone.now())
    after = BY_ROLE.all(clinic=clinic.pk)
    assert {each.user.display_name for each in before} - {each.user.display_name for each in after} == {
        nurse.display_name
    }


def test_a_planned_question_says_what_the_queryset_says(clinic, owner, nurse, django_assert_num_queries):
    expected = Membership.objects.active().filter(clinic=clinic).select_related("user").order_by("pk")
    wanted = [(each.pk, each.roles, each.user.email, each.created_at) for each in expected]
    BY_ROLE.all(clinic=clinic.pk)
    with django_assert_num_queries(1):
        found = [(each.pk, each.roles, each.user.email, each.created_at) for each in BY_ROLE.all(clinic=clinic.pk)]
    assert sorted(found) == wanted


def test_the_second_asking_brings_no_new_plan(db):
    with connection.cursor() as cursor:
        count = "SELECT count(*) FROM pg_prepared_statements"
        assert ask("SELECT 40 + %(more)s::int", {"more": 2}) == [(42,)]
        cursor.execute(count)
        plans = cursor.fetchone()
        assert ask("SELECT 40 + %(more)s::int", {"more": 3}) == [(43,)]
        cursor.execute(count)
        assert cursor.fetchone() == plans


def test_a_first_asking_that_failed_does_not_spoil_the_next(db):
    half = "SELECT 84 / %(by)s::int"
    with pytest.raises(DataError), transaction.atomic():
        ask(half, {"by": 0})
    assert ask(half, {"by": 2}) == [(42,)]


def test_a_number_that_no_column_holds_finds_nothing(clinic):
    assert BY_ROLE.all(clinic=2**80) == []


def test_a_key_that_was_taken_back_opens_nothing_on_the_same_connection(api, nurse):
    client = api(nurse)
    assert client.get("/api/v1/me/").status_code == 200
    nurse.memberships.get().api_tokens.update(revoked_at=timezone.now())
    assert client.get("/api/v1/me/").status_code == 401


def test_the_cheapest_view_asks_one_question(api, nurse, django_assert_num_queries):
    client = api(nurse)
    client.get("/api/v1/me/")
    with django_assert_num_queries(1):
        assert client.get("/api/v1/me/").status_code == 200


@pytest.mark.parametrize("found", [1, 20])
def test_a_search_for_patients_asks_the_same_few_questions(
    api, clinic, front_desk, found, django_assert_max_num_queries
):
    for _ in range(found):
        register(clinic, family_name="Smithson")
    client = api(front_desk)
    with django_assert_max_num_queries(8):
        answer = client.get("/api/v1/patients/", {"search": "smithson", "limit": 20}).json()
    assert len(answer["results"]) == found
