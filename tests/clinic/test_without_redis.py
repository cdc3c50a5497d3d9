"""Redis is away: people still get in, and who tries passwords is still held."""

import time

import pytest

from tests.cast import PASSWORD


@pytest.fixture
def without_redis(settings, tmp_path):
    settings.CACHES = {"default": {"BACKEND": "clinic.cache.SturdyCache", "LOCATION": f"unix://{tmp_path}/nobody.sock"}}


def log_in(client, user, password):
    return client.post("/accounts/login/", {"login": user.email, "password": password})


def test_staff_log_in_and_work(without_redis, client, practitioner):
    practitioner.set_password(PASSWORD)
    practitioner.save()
    began = time.monotonic()

    assert log_in(client, practitioner, PASSWORD).status_code == 302

    assert client.get("/patients/").status_code == 200
    assert time.monotonic() - began < 5


def test_tried_passwords_are_still_counted(without_redis, client, practitioner):
    answers = [log_in(client, practitioner, "not-the-password") for _ in range(8)]

    assert "Too many failed login attempts" in answers[-1].content.decode()
