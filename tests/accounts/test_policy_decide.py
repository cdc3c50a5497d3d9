from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.actions import policies
from accounts.forms.settings import field_for
from audit.models import Event
from tests.cast import NOON

LIST = "/accounts/settings/policy/"
TODAY = {"source": "our own experience", "effective_on": "2025-02-03"}


@pytest.fixture
def decided(clinic, owner):
    def decide(key, value):
        return policies.decide(
            clinic, key, value, source="the law", effective_on=NOON.date(), approved=True, by=owner, at=NOON
        )

    return decide


@pytest.fixture
def boss(as_user, owner):
    return as_user(owner, confirmed=True)


def page(policy):
    return reverse("accounts:policy_decide", args=[policy.pk])


@pytest.mark.parametrize(
    ("value", "typed", "kept"),
    [
        (True, "false", False),
        (14, "21", 21),
        (0.5, "0,75", 0.75),
        ("old", "new", "new"),
        (["a", "b"], " a \nc\na\n", ["a", "c"]),
        (["a"], "", []),
    ],
)
def test_a_new_version_keeps_the_kind_of_its_value(boss, decided, clinic, value, typed, kept):
    first = decided("some.key", value)
    assert boss.get(page(first)).status_code == 200
    assert boss.post(page(first), {**TODAY, "value": typed}).status_code == 302

    newest = clinic.policies.newest("some.key").first()
    assert (newest.version, newest.value, newest.source) == (2, kept, "our own experience")
    assert isinstance(newest.value, bool) == isinstance(value, bool)
    first.refresh_from_db()
    assert first.value == value
    assert Event.objects.about(newest).kinds() == ["policy.decided"]


@pytest.mark.parametrize(("value", "typed"), [(True, "perhaps"), (14, "soon"), ("old", "")])
def test_a_value_of_another_kind_is_refused(boss, decided, clinic, value, typed):
    assert boss.post(page(decided("some.key", value)), {**TODAY, "value": typed}).status_code == 422
    assert clinic.policies.count() == 1


def test_a_decision_is_not_written_down_before_its_day(boss, decided):
    later = (timezone.now() + timedelta(days=3)).date().isoformat()
    answer = boss.post(page(decided("some.key", 1)), {**TODAY, "value": "2", "effective_on": later})
    assert answer.status_code == 422


def test_a_value_with_parts_is_shown_and_not_typed(boss, decided):
    first = decided("some.key", {"days": 3})
    assert field_for(first.value) is None
    assert "days: 3" in boss.get(LIST).content.decode()
    assert boss.post(page(first), {**TODAY, "value": "x"}).status_code == 422


def test_the_list_tells_value_source_owner_and_history(boss, decided, auditor, as_user):
    decided("portal.link_days", 14)
    decided("portal.link_days", 7)
    for browser in (boss, as_user(auditor)):
        text = browser.get(LIST).content.decode()
        assert [word for word in ("the law", "Olga Owner", "1 earlier version") if word not in text] == []
    assert "Decide anew" not in as_user(auditor).get(LIST).content.decode()


def test_the_list_asks_as_much_for_many_decisions_as_for_one(boss, decided, django_assert_max_num_queries):
    for number in range(20):
        decided(f"key.{number}", number)
    with django_assert_max_num_queries(14):
        boss.get(LIST)


def test_who_may_and_who_may_not(decided, as_user, not_confirmed, nurse, auditor, stranger, client):
    address = page(decided("some.key", 1))
    assert as_user(nurse).get(LIST).status_code == 403
    assert as_user(nurse, confirmed=True).get(address).status_code == 403
    assert as_user(auditor, confirmed=True).get(address).status_code == 403
    assert "reauthenticate" in not_confirmed.get(address)["Location"]
    assert as_user(stranger, confirmed=True).get(address).status_code == 404
    assert client.get(address).status_code == 302


def test_the_settings_are_in_the_rail_of_those_who_may(as_user, owner, auditor, nurse):
    settings = reverse("accounts:settings")
    assert settings in as_user(owner).get(settings).content.decode()
    assert as_user(auditor).get(settings).status_code == 200
    assert settings not in as_user(nurse).get("/accounts/team/").content.decode()
