import re

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import ApiToken, IdempotencyKey
from audit.models import Event

LIST, ISSUE = "/accounts/settings/keys/", "/accounts/settings/keys/issue/"


@pytest.fixture
def boss(as_user, owner):
    return as_user(owner, confirmed=True)


def words(user):
    return {"name": "Website", "membership": user.memberships.get().pk, "days": "90"}


def knock(secret):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {secret}")
    return client.get("/api/v1/me/").status_code


def secret_of(answer):
    return re.search(r"data-copy-text>([^<]+)<", answer.content.decode())[1]


def test_a_key_works_once_it_is_issued_and_no_longer_when_it_is_taken_back(boss, front_desk):
    answer = boss.post(ISSUE, words(front_desk))
    secret, token = secret_of(answer), ApiToken.objects.get()
    assert "no-store" in answer["Cache-Control"]
    assert knock(secret) == 200
    assert secret not in boss.get(LIST).content.decode()

    revoke = reverse("accounts:token_revoke", args=[token.pk])
    assert boss.get(revoke).status_code == 200
    assert boss.post(revoke).status_code == 302
    assert knock(secret) == 401
    assert boss.post(revoke).status_code == 422
    assert Event.objects.about(token).kinds() == ["token.issued", "token.revoked"]


def test_the_secret_is_kept_nowhere_even_where_a_client_sends_a_key_of_its_own(boss, front_desk):
    answer = boss.post(ISSUE, words(front_desk), headers={"idempotency-key": "one"})
    assert secret_of(answer) not in str(list(IdempotencyKey.objects.values_list("response", flat=True)))
    assert 'name="idempotency_key"' not in boss.get(ISSUE).content.decode()


def test_a_key_never_acts_as_somebody_else_who_treats(boss, practitioner):
    assert boss.post(ISSUE, words(practitioner)).status_code == 422
    assert not ApiToken.objects.exists()


def test_a_key_acts_as_nobody_of_another_clinic(boss, stranger):
    assert boss.post(ISSUE, words(stranger)).status_code == 422


def test_who_may_and_who_may_not(as_user, owner, not_confirmed, nurse, auditor, stranger, front_desk, client):
    as_user(owner, confirmed=True).post(ISSUE, words(front_desk))
    revoke = reverse("accounts:token_revoke", args=[ApiToken.objects.get().pk])
    assert as_user(auditor).get(LIST).status_code == 200
    assert as_user(nurse).get(LIST).status_code == 403
    for address in (ISSUE, revoke):
        assert "reauthenticate" in not_confirmed.get(address)["Location"]
        assert as_user(auditor, confirmed=True).get(address).status_code == 403
        assert client.get(address).status_code == 302
    assert as_user(stranger, confirmed=True).post(revoke).status_code == 404
