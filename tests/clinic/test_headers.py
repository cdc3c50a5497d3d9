"""What every answer carries, whoever gives it."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db

ANSWERS = {
    "a page": ("/accounts/login/", 200),
    "a redirect": ("/", 302),
    "a file": ("/static/theme.css", 200),
    "a missing page": ("/nothing/here/", 404),
    "a missing resource": ("/api/v1/nothing/", 404),
    "the pulse": ("/healthz", 200),
    "a resource without log-in": ("/api/v1/me/", 401),
}


@pytest.mark.parametrize("what", ANSWERS)
def test_every_answer_carries_the_headers(client, what):
    address, status = ANSWERS[what]

    answer = client.get(address, secure=True)

    assert answer.status_code == status
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]
    assert answer["Strict-Transport-Security"].startswith("max-age=31536000")
    policy = dict(part.strip().partition(" ")[::2] for part in answer["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["object-src"] == "'none'"
    assert "unsafe" not in answer["Content-Security-Policy"]


def test_a_server_error_carries_them_too_and_tells_nothing(monkeypatch):
    def break_down(*args, **kwargs):
        raise RuntimeError("the patient Amara Okonkwo")

    monkeypatch.setattr("clinic.health.CHECKS", {"database": break_down})

    answer = Client(raise_request_exception=False).get("/readyz", secure=True)

    assert answer.status_code == 500
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert "Amara" not in answer.content.decode()


def test_pages_are_kept_by_no_cache(client):
    assert "no-store" in client.get("/accounts/login/")["Cache-Control"]
    assert "no-store" in client.get("/nothing/")["Cache-Control"]


def test_cookies_are_out_of_the_reach_of_scripts(client):
    answer = client.get("/accounts/login/")
    cookie = answer.cookies["csrf"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
