"""Which package may know which: what imports show, and what only relations show."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from tests.factories.sources import ROOMS, ROOT, imported, modules

FLOORS = [
    {"common"},
    {"audit"},
    {"accounts"},
    {"patients"},
    {"scheduling", "formulations", "documents", "messaging"},
    {"treatments"},
    {"safety", "billing"},
    {"reports", "reminders"},
    {"portal", "api"},
    {"clinic"},
]
FLOOR = {name: number for number, names in enumerate(FLOORS) for name in names}
CLOSED_LIST = {
    "models",
    "rules",
    "actions",
    "forms",
    "views",
    "urls",
    "pdfs",
    "tasks",
    "admin",
    "templatetags",
    "management",
}
CLOSED_LIST |= {"tables", "data", "apps", "migrations", "__init__", "__pycache__"}
SPECIAL = {
    "accounts": {"access", "middleware", "tokens", "adapters", "idempotency", "devices"},
    "patients": {"access", "synonyms", "reference", "relations", "papers", "middleware", "imports"},
    "documents": {"rendering", "sealing", "claims", "reference"},
    "messaging": {"channels", "ics"},
    "reminders": {"kinds"},
    "scheduling": {"availability", "series"},
    "treatments": {"scores", "dates", "bodymap", "reference"},
    "formulations": {"mixing", "checks", "reference"},
    "reports": {"charts"},
    "safety": {"statistics"},
    "audit": {"chain", "anchors"},
    "portal": {"access", "middleware", "phones"},
    "api": {"serializers", "filters", "problems", "authentication", "pagination", "schema"},
}
PURE = ["treatments/dates", "treatments/scores", "formulations/mixing", "scheduling/series", "safety/statistics"]


def test_the_import_contracts_hold():
    """In a process of its own: the linter takes the logging of its process for itself."""
    program = Path(sys.executable).with_name("lint-imports")
    linted = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert linted.returncode == 0, linted.stdout


@pytest.mark.parametrize("app", ROOMS)
def test_an_app_has_only_the_rooms_that_are_agreed(app):
    if app == "common":
        return
    found = {path.stem for path in (ROOT / app).iterdir() if not path.name.startswith(".")}
    assert found - CLOSED_LIST - SPECIAL.get(app, set()) == set()


def test_no_relation_points_up_a_floor():
    upwards = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in apps.get_models()
        if model._meta.app_label in FLOOR
        for field in model._meta.get_fields()
        if (field.many_to_one or field.one_to_one or field.many_to_many)
        and not field.auto_created
        and field.related_model
        and FLOOR.get(field.related_model._meta.app_label, 0) > FLOOR[model._meta.app_label]
    ]
    assert upwards == []


def test_arithmetic_touches_no_database():
    touching = [
        f"{path}: {name}"
        for path in modules(*PURE)
        for name in imported(path)
        if name.startswith(("django.db", "django.http", "django.conf", "psycopg2"))
    ]
    assert touching == []


def test_actions_and_rules_know_no_request():
    knowing = [
        f"{path}: {name}"
        for path in modules(*(f"{app}/{room}" for app in ROOMS for room in ("actions", "rules")))
        for name in imported(path)
        if name.startswith(("django.http", "django.shortcuts", "django.forms", "django.views", "rest_framework"))
    ]
    assert knowing == []


def test_nothing_happens_behind_a_signal():
    listening = [
        f"{path}: {name}"
        for path in modules(*(app for app in ROOMS))
        for name in imported(path)
        if name.startswith(("django.dispatch", "django.db.models.signals", "django.core.signals"))
    ]
    assert listening == []


def test_installed_apps_stand_in_the_order_of_their_floors():
    floors = [FLOOR[name] for name in settings.ROOMS]
    assert floors == sorted(floors)


def test_every_module_is_a_module():
    for path in modules(*ROOMS, "clinic"):
        ast.parse(path.read_text(), filename=str(path))
