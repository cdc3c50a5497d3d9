"""Every refusal is a sentence, as a page or as problem+json by the door it was asked through."""

import pytest
from django.test import Client

from clinic import errors

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("status", sorted(errors.SENTENCES))
def test_each_status_has_a_page_with_its_sentence(rf, status):
    answer = errors.answer(rf.get("/x/"), status)

    assert answer.status_code == status
    assert "<html" in answer.content.decode()


@pytest.mark.parametrize("status", sorted(errors.SENTENCES))
def test_each_status_is_a_problem_for_a_program(rf, status):
    answer = errors.answer(rf.get("/api/v1/x/"), status)

    assert answer["Content-Type"] == "application/problem+json"
    body = __import__("json").loads(answer.content)
    assert body["code"] == errors.SENTENCES[status][0]
    assert body["detail"] == body["reasons"][0]["message"]


@pytest.mark.parametrize("status", [429, 503])
def test_who_must_wait_is_told_how_long(rf, status):
    assert int(errors.answer(rf.get("/"), status)["Retry-After"]) > 0


def test_a_body_that_is_too_large_is_refused_before_it_is_read(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    for address in ("/accounts/login/", "/api/v1/patients/"):
        answer = client.post(address, "x" * 2000, content_type="application/json")
        assert answer.status_code == 413


def test_an_upload_may_be_larger_than_a_form_and_has_its_own_limit(client, settings):
    settings.BODY_MAX_BYTES = 1000
    answer = client.post("/accounts/login/", {"login": "x" * 2000})
    assert answer.status_code == 413
    assert "too large" in answer.content.decode()


def test_too_many_fields_are_too_much(settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3
    answer = Client().post("/accounts/login/", "a=1&b=2&c=3&d=4&e=5", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413


def test_a_length_that_is_no_number_is_no_request(client):
    assert client.post("/accounts/login/", CONTENT_LENGTH="many").status_code == 400


def test_a_form_from_elsewhere_is_refused_with_a_way_on():
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a", "password": "b"})

    assert answer.status_code == 403
    assert "reload" in answer.content.decode()


def test_a_host_that_is_not_ours_is_a_bad_request(client):
    assert client.get("/accounts/login/", HTTP_HOST="evil.example").status_code == 400
