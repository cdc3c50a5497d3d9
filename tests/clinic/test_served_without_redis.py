"""The site as it is served, with nobody at Redis' address: booking and signing go on, by page and by API."""

import os
import re
import socket
import subprocess
import sys
from datetime import date, datetime, time, timedelta
from signal import SIGKILL
from zoneinfo import ZoneInfo

import pytest
import requests
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.urls import reverse
from django.utils import timezone

from accounts.actions import members
from accounts.models import User
from clinic.embedded.postgres import APP
from clinic.embedded.processes import start_child
from clinic.mailbox import free_port
from clinic.testing import ROOT, TEST_CLUSTER, TEST_DATABASE
from tests.cast import PASSWORD, hire
from tests.factories import scheduling as calendar


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """What a web server is told, and the static files gathered for it."""
    env = {name: value for name, value in os.environ.items() if name != "OWNER_DATABASE_URL"} | {
        "DJANGO_SETTINGS_MODULE": "clinic.settings",
        "CLINIC_ENV": "demo",
        "STATIC_ROOT": str(tmp_path_factory.mktemp("static")),
    }
    gather = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity=0"]
    subprocess.run(gather, env=env, cwd=ROOT, check=True, timeout=120)
    return env


@pytest.fixture
def address(committed, environment, tmp_path, eventually):
    """A web server of its own, as `clinic.house` starts it, whose Redis does not answer."""
    port = free_port(0)
    env = {
        **environment,
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": TEST_CLUSTER.url(APP, TEST_DATABASE),
        "REDIS_URL": f"unix://{tmp_path}/nobody.sock",
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path),
        "PORT": str(port),
    }
    command = [sys.executable, "-m", "gunicorn", "-c", "python:clinic.gunicorn_conf", "clinic.wsgi"]
    log = tmp_path / "web.log"
    server: subprocess.Popen[bytes] = start_child(command, log=log, on_death=SIGKILL, env=env, cwd=ROOT)
    try:
        eventually(lambda: listens(port), what=log.read_text() if log.exists() else "no log")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)
    assert "Traceback" not in log.read_text()


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Visitor(requests.Session):
    """A person at a browser that asks for pages and sends their forms."""

    def __init__(self, address):
        super().__init__()
        self.address = address

    def open(self, path):
        page = self.get(self.address + path, timeout=30)
        assert page.status_code == 200, (path, page.status_code)
        return page.text

    def fill_in(self, path, **fields):
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.open(path))[1]
        page = self.post(self.address + path, {"csrfmiddlewaretoken": token, **fields}, timeout=30)
        assert page.ok, (path, page.status_code, page.text[:2000])
        return page

    def log_in(self, user):
        self.fill_in("/accounts/login/", login=user.email, password=PASSWORD)
        assert "/accounts/login/" not in self.get(self.address, timeout=30).url
        return self


class Program:
    """A program at the machine's door, with the key of one member."""

    def __init__(self, address, user):
        self.address = f"{address}/api/v1/"
        token = members.issue_token(user.memberships.get(), name="test", by=user, at=timezone.now())
        self.headers = {"Authorization": f"Token {token.secret}"}

    def post(self, path, body):
        return requests.post(self.address + path, json=body, headers=self.headers, timeout=30)

    def step_up(self):
        proof = self.post("me/step-up/", {"password": PASSWORD})
        assert proof.status_code == 201, proof.text
        self.headers["X-Step-Up"] = proof.json()["step_up"]
        return self


def with_password(user):
    User.objects.filter(pk=user.pk).update(password=Argon2PasswordHasher().encode(PASSWORD, "a-salt-of-these-tests"))
    return user


@pytest.fixture
def visit(house, patient, doctor, location):
    """What is wanted: a consultation on the next Monday."""
    monday = date.today() + timedelta(days=8 - date.today().isoweekday() + 7)
    at = datetime.combine(monday, time(10), tzinfo=ZoneInfo("Europe/Madrid"))
    return {"kind": calendar.kind(house, "consultation"), "at": at, "room": location.rooms.get()}


def test_it_is_alive_and_says_what_it_lacks(address):
    assert requests.get(f"{address}/healthz", timeout=10).status_code == 200

    ready = requests.get(f"{address}/readyz", timeout=10)

    assert ready.status_code == 503
    assert ready.json() == {
        "ready": False,
        "database": "ok",
        "redis": "does not answer",
        "migrations": "ok",
        "disk": "ok",
    }


def test_visits_are_booked(address, house, patient, doctor, visit):
    desk = with_password(hire(house, "Flora Frontdesk", "front_desk").user)
    confirm = reverse("scheduling:appointment_confirm", args=[patient.pk])
    slot = f"{visit['at'].isoformat()}|{doctor.pk}|{visit['room'].pk}".replace("+", "%2B")

    page = (
        Visitor(address)
        .log_in(desk)
        .fill_in(f"{confirm}?kind={visit['kind'].pk}&slot={slot}", slot=slot.replace("%2B", "+"), note="By the page")
    )

    booked = house.appointments.get()
    assert (booked.starts_at, booked.note) == (visit["at"], "By the page")
    assert page.url.endswith(reverse("scheduling:appointment_detail", args=[booked.pk]))

    later = (visit["at"] + timedelta(hours=2)).isoformat()
    wish = {"patient": patient.pk, "kind": visit["kind"].pk, "practitioner": doctor.pk, "starts_at": later}
    answer = Program(address, desk).post("appointments/", wish)
    assert answer.status_code == 201, answer.text
    assert house.appointments.count() == 2


def test_a_session_is_signed_by_page(address, ended_session, practitioner):
    visitor = Visitor(address).log_in(with_password(practitioner))

    page = visitor.fill_in(reverse("treatments:session_sign_off", args=[ended_session.pk]))

    ended_session.refresh_from_db()
    assert (ended_session.state, ended_session.signed_by) == ("signed", practitioner)
    assert page.url.endswith(reverse("treatments:session_detail", args=[ended_session.pk]))


def test_a_session_is_signed_by_api(address, ended_session, practitioner):
    door = Program(address, with_password(practitioner))
    path = f"sessions/{ended_session.pk}/sign-off/"
    assert door.post(path, {}).json()["code"] == "step_up_required"

    answer = door.step_up().post(path, {})

    assert answer.status_code == 200, answer.text
    ended_session.refresh_from_db()
    assert ended_session.state == "signed"
