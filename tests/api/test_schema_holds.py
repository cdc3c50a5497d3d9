"""The API does what its description says, whatever is sent: no crash, no status and no content type left unsaid."""

import json
import sys
import traceback
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import got_request_exception, request_finished, request_started
from django.db import close_old_connections, transaction
from drf_spectacular.generators import SchemaGenerator
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

from tests.factories.everything import KEPT, one_of_each
from tests.factories.treatments import minutes

pytestmark = pytest.mark.django_db
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance]
ODD = {
    int: (2**31, 2**63, -(2**70)),
    str: ("\x00", "\u202e\U0010ffff", "0000-00-00", "9999-12-31T23:59:59Z", "0001-01-01", "9" * 40),
}
PLAIN = {
    "integer": 1,
    "boolean": True,
    "array": [],
    "object": {},
    "date": "2025-02-03",
    "date-time": "2025-02-03T12:30:00Z",
}
QUICKLY = hypothesis.settings(
    max_examples=3,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[hypothesis.Phase.generate],
    suppress_health_check=list(hypothesis.HealthCheck),
)


@pytest.fixture
def described() -> Any:
    """The description as a program reads it, in front of the house itself, on the connection of the test."""
    text = json.dumps(SchemaGenerator().get_schema(request=None, public=True), default=str)
    schema = schemathesis.openapi.from_dict(json.loads(text))
    schema.app = WSGIHandler()
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield schema
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def kept(signed_session: Any, order: Any, approved_recipe: Any, owner: Any, practitioner: Any) -> dict[str, int]:
    """One of each thing, by its noun."""
    clinic = one_of_each(signed_session, owner=owner, practitioner=practitioner)
    rows = {noun: getattr(clinic, name).order_by("pk").first() for noun, name in KEPT.items()}
    assert all(rows.values()), [noun for noun, row in rows.items() if row is None]
    return {noun: row.pk for noun, row in rows.items()}


def fields_of(operation: Any) -> dict[str, Any]:
    """The names of a body's fields, each with something plain in it."""
    known = operation.schema.raw_schema["components"]["schemas"]

    def resolved(part: dict[str, Any]) -> dict[str, Any]:
        inner = next(iter(part.get("allOf", part.get("oneOf", []))), part)
        return known[inner["$ref"].rpartition("/")[2]] if "$ref" in inner else inner

    content = operation.definition.raw.get("requestBody", {}).get("content", {})
    schema = resolved(content.get("application/json", {}).get("schema", {}))
    return {name: plain(resolved(each)) for name, each in schema.get("properties", {}).items()}


def plain(schema: dict[str, Any]) -> Any:
    """Something that fits a field."""
    fitting = PLAIN.get(schema.get("format") or schema.get("type"), "x")
    return schema.get("enum", [fitting])[0]


class Knocker:
    """One member who sends what the description allows, or what it does not, and notes what was promised otherwise."""

    def __init__(self, door: Any, kept: dict[str, int], mode: GenerationMode) -> None:
        self.headers = {
            "Authorization": door.key["HTTP_AUTHORIZATION"],
            "X-Step-Up": door._credentials["HTTP_X_STEP_UP"],
        }
        self.kept, self.mode = kept, mode
        self.asked, self.wrong = 0, []
        self.cause = ""

    def note(self, **_said: Any) -> None:
        """Remember where the house broke."""
        error = sys.exc_info()[1]
        place = [line for line in traceback.extract_tb(error.__traceback__) if "site-packages" not in line.filename][-1]
        self.cause = f"{error!r:.200} at {place.filename.rpartition('/')[2]}:{place.lineno}"

    def try_out(self, operation: Any) -> None:
        """Send a few cases of one operation."""

        @QUICKLY
        @hypothesis.given(case=operation.as_strategy(generation_mode=self.mode))
        def send(case: Any) -> None:
            self.point(case)
            self.send(case)

        try:
            send()
        except hypothesis.errors.Unsatisfiable:
            return  # there is no wrong way to ask this

    def try_odd(self, operation: Any) -> None:
        """Put each odd value into each place of the question and of the body, all other places left as they are."""
        plain = fields_of(operation)
        asked = [{"query": {each.name: str(odd)}} for each in operation.query for odd in (*ODD[int], *ODD[str])]
        for name, usual in plain.items():
            odds = ODD.get(type(usual), ODD[str][:2])
            asked += [{"body": {**plain, name: odd}, "media_type": "application/json"} for odd in odds]
        for said in asked:
            case = operation.Case(path_parameters={each.name: 1 for each in operation.path_parameters}, **said)
            self.point(case)
            self.send(case)

    def point(self, case: Any) -> None:
        """Mostly speak of things that are there, in the address and in the body."""
        self.asked += 1
        if self.asked % 4 == 0:
            return
        noun = case.path.removeprefix("/api/v1/").partition("/")[0]
        if noun in self.kept and "id" in case.path_parameters:
            case.path_parameters["id"] = self.kept[noun]
        if self.mode is GenerationMode.POSITIVE and isinstance(case.body, dict):
            there = {name: self.kept[f"{name}s"] for name in case.body if f"{name}s" in self.kept}
            odd = {name: value for name, value in case.body.items() if value in (*ODD[int], *ODD[str])}
            case.body.update({**there, **odd})

    def send(self, case: Any) -> None:
        """Ask, and take back whatever the asking changed."""
        self.cause = ""
        with transaction.atomic():
            answer = case.call(headers=self.headers)
            transaction.set_rollback(True)
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as group:
            told = "; ".join(f"{each.title} {answer.status_code}" for each in group.exceptions)
            self.wrong.append(f"{case.method} {case.path}: {told} {self.cause}")


@pytest.fixture
def knocker(described: Any, kept: dict[str, int], api: Any, time_machine: Any) -> Any:
    """Send somebody to the doors, an hour after everything was put there: knocker(owner)."""
    time_machine.move_to(minutes(60), tick=False)
    sent = []

    def hire(user: Any, mode: GenerationMode = GenerationMode.POSITIVE) -> Knocker:
        sent.append(Knocker(api(user, confirmed=True), kept, mode))
        got_request_exception.connect(sent[-1].note)
        return sent[-1]

    yield hire
    for each in sent:
        got_request_exception.disconnect(each.note)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["meant", "wrong"])
@pytest.mark.parametrize("who", ["owner", "practitioner"])
def test_nothing_that_is_sent_breaks_a_promise(who, mode, described, knocker, request):
    somebody = knocker(request.getfixturevalue(who), mode)
    for found in described.get_all_operations():
        somebody.try_out(found.ok())
    assert somebody.asked > 300
    assert not somebody.wrong, "\n".join(somebody.wrong)


def test_odd_values_in_any_place_are_answered_in_words(described, knocker, owner):
    somebody = knocker(owner)
    for found in described.get_all_operations():
        somebody.try_odd(found.ok())
    assert somebody.asked > 1000
    assert not somebody.wrong, "\n".join(somebody.wrong)
