import pytest
from django.db import DatabaseError

from clinic import health

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def broker(monkeypatch):
    """As if Redis answered; the tests run without one."""
    monkeypatch.setitem(health.CHECKS, "redis", lambda: "ok")


def test_alive_is_said_without_asking_anything(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/healthz").status_code == 200


def test_ready_when_all_parts_are(client, broker):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "database": "ok", "redis": "ok", "migrations": "ok", "disk": "ok"}


def test_not_ready_says_which_part(client):
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["redis"] == "does not answer"


def test_a_database_that_is_away_is_said_not_raised(client, broker, monkeypatch):
    def away():
        raise DatabaseError

    monkeypatch.setattr(health.connection, "cursor", away)
    assert client.get("/readyz").json()["database"] == "does not answer"


def test_a_full_disk_is_not_ready(client, broker, monkeypatch):
    monkeypatch.setattr(health, "LEAST_FREE_BYTES", 10**18)
    assert client.get("/readyz").json()["disk"] == "nearly full"


def test_figures_are_for_this_machine_or_for_who_shows_the_token(client, settings):
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 404

    settings.METRICS_TOKEN = "a-monitor-s-token"
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer a-monitor-s-token"}).status_code == 200


def test_figures_name_no_address_of_a_person(client):
    client.get("/accounts/login/?next=/patients/7/")
    assert "patients/7" not in client.get("/metrics").content.decode()
