"""What a production clinic is not started with, and what it says instead."""

import os
import stat
import subprocess
import sys

import pytest

from clinic.testing import ROOT

GOOD = {
    "CLINIC_ENV": "production",
    "SECRET_KEY": "Zk3-7qPpWv0_xT9rLmA2sDfGhJkQwErTyUiOpZxCvBnM1234567890",
    "ALLOWED_HOSTS": "clinic.example",
    "PUBLIC_URL": "https://clinic.example",
    "DATABASE_URL": "postgres://clinic_app:pass%40word@database.example:5432/clinic",
    "REDIS_URL": "redis://redis.example:6379/0",
    "SMTP_HOST": "mail.example",
}
READ = "import clinic.settings as s; "


def start(code="pass", **changes):
    env = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    return subprocess.run(
        [sys.executable, "-c", READ + code],
        env={**env, "PATH": os.environ["PATH"]},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_complete_environment_starts_a_production_clinic():
    names = "HOST PORT USER PASSWORD NAME"
    started = start(f"print(*(s.DATABASES['default'][n] for n in '{names}'.split()), 'owner' in s.DATABASES)")
    assert started.stderr == ""
    assert started.stdout == "database.example 5432 clinic_app pass@word clinic False\n"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY is not set. In production it comes from the environment"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is weak"),
        ({"SECRET_KEY": "a" * 60}, "SECRET_KEY is weak"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name the hosts"),
        ({"ALLOWED_HOSTS": ".clinic.example"}, "ALLOWED_HOSTS must name the hosts"),
        ({"ALLOWED_HOSTS": None}, "ALLOWED_HOSTS must name the hosts"),
        ({"DEBUG": "true"}, "DEBUG must not be on"),
        ({"STAFF_MFA": "false"}, "STAFF_MFA must not be off"),
        ({"PUBLIC_URL": "http://clinic.example"}, "PUBLIC_URL must be the https:// address"),
        ({"DATABASE_URL": None}, "DATABASE_URL is not set. Set it to the address of a PostgreSQL server"),
        ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL is no PostgreSQL address"),
        ({"REDIS_URL": None}, "REDIS_URL is not set."),
        ({"SMTP_HOST": None}, "SMTP_HOST is not set."),
        ({"PORT": "eighty"}, "PORT must be a whole number, and is 'eighty'"),
        ({"CLINIC_ENV": "staging"}, "it must be 'demo' or 'production'"),
    ],
)
def test_an_unsafe_or_incomplete_environment_is_refused_with_a_sentence(changes, sentence):
    refused = start(**changes)
    assert refused.returncode != 0
    assert sentence in refused.stderr


def test_everything_that_is_unsafe_is_named_at_once():
    refused = start(SECRET_KEY="short", ALLOWED_HOSTS="*", STAFF_MFA="no")
    assert all(word in refused.stderr for word in ("SECRET_KEY", "ALLOWED_HOSTS", "STAFF_MFA"))


def test_production_cookies_belong_to_this_host_and_travel_encrypted():
    assert start("print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME)").stdout == "__Host-session __Host-csrf\n"
    assert start("print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE)").stdout == "True True\n"


def test_the_demo_makes_a_key_of_its_own_and_keeps_it_for_itself(tmp_path):
    demo = {**dict.fromkeys(GOOD), "CLINIC_ENV": "demo", "DATA_DIR": str(tmp_path)}
    first, second = start("print(s.SECRET_KEY)", **demo), start("print(s.SECRET_KEY)", **demo)
    assert first.stdout == second.stdout
    assert len(first.stdout.strip()) > 50
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_a_command_says_the_sentence_and_no_traceback():
    refused = subprocess.run(
        [sys.executable, "manage.py", "check"],
        env={"PATH": os.environ["PATH"], "CLINIC_ENV": "production"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 2
    assert refused.stderr.startswith("SECRET_KEY is not set.")
    assert "Traceback" not in refused.stderr
