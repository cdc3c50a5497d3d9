import pytest

from accounts.models import IdempotencyKey
from audit.models import Event


def test_me_says_who_the_token_stands_for(api, practitioner, doctor):
    answer = api(practitioner).get("/api/v1/me/").json()
    assert (answer["practitioner"], answer["roles"]) == (doctor.pk, ["practitioner"])


def test_without_a_token_the_door_is_closed(client, db):
    answer = client.get("/api/v1/me/")
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")


def test_a_wrong_token_is_refused_in_a_sentence(client, db):
    answer = client.get("/api/v1/me/", headers={"authorization": "Token nonsense"})
    assert answer.status_code == 401
    assert "not known" in answer.json()["detail"]


def test_a_role_without_the_permission_is_denied_and_it_is_written_down(api, auditor, settings):
    answer = api(auditor).post("/api/v1/me/step-up/", {"password": "wrong", "pin": "1"})
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_field")


def test_a_wrong_password_does_not_step_up(api, owner):
    answer = api(owner).post("/api/v1/me/step-up/", {"password": "wrong"})
    assert (answer.status_code, answer.json()["code"]) == (403, "step_up_required")


def test_the_right_password_gives_a_proof_for_five_minutes(api, owner):
    owner.set_password("correct horse battery")
    owner.save()
    answer = api(owner).post("/api/v1/me/step-up/", {"password": "correct horse battery"})
    assert answer.status_code == 201
    assert answer.json()["step_up"]


def test_a_post_with_a_key_is_answered_once(api, owner):
    owner.set_password("correct horse battery")
    owner.save()
    door, key = api(owner), {"HTTP_IDEMPOTENCY_KEY": "k1"}

    first = door.post("/api/v1/me/step-up/", {"password": "correct horse battery"}, **key)
    second = door.post("/api/v1/me/step-up/", {"password": "correct horse battery"}, **key)
    other = door.post("/api/v1/me/step-up/", {"code": "123456"}, **key)

    assert first.json() == second.json()
    assert IdempotencyKey.objects.count() == 1
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_mismatch")


def test_only_an_answer_that_says_done_is_kept(api, owner):
    api(owner).post("/api/v1/me/step-up/", {"password": "wrong"}, HTTP_IDEMPOTENCY_KEY="k2")
    assert not IdempotencyKey.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_are_answered_once(committed, at_once, api, owner):
    owner.set_password("correct horse battery")
    owner.save()
    door = api(owner)
    doors = [door, door.__class__(), door.__class__()]
    for each in doors:
        each.credentials(**door._credentials)
        each.default_format = "json"

    answers = at_once(
        lambda each: each.post(
            "/api/v1/me/step-up/", {"password": "correct horse battery"}, HTTP_IDEMPOTENCY_KEY="k3"
        ).json()["step_up"],
        doors,
    )

    assert len(set(answers)) == 1
    assert Event.objects.filter(kind="member.stepped_up").count() == 1
