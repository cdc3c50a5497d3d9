"""No name, note, token or password in a log line, wherever it comes from."""

import io
import json
import logging

import pytest
import structlog

from clinic.logs import formatter, scrub

CANARIES = ["Amara", "Okonkwo", "amara@example.org", "+34 600 123 456", "hunter2-hunter2", "melasma of the cheeks"]


@pytest.fixture
def lines():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter(plain=False))
    logger = logging.getLogger("canary")
    logger.handlers, logger.propagate = [handler], False
    yield logger, lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logger.handlers = []


def test_only_ids_and_kinds_pass(lines):
    logger, read = lines
    log = structlog.wrap_logger(logger, processors=[structlog.stdlib.ProcessorFormatter.wrap_for_formatter])

    log.warning("saved", user_id=7, clinic_id=2, name="Amara Okonkwo", note="melasma of the cheeks", password="hunter2")

    (line,) = read()
    assert line["event"] == "saved"
    assert (line["user_id"], line["clinic_id"]) == (7, 2)
    assert not {"name", "note", "password"} & set(line)


def test_an_error_is_named_by_its_type_and_place_only(lines):
    logger, read = lines
    try:
        raise ValueError("Amara Okonkwo, amara@example.org")
    except ValueError:
        logger.exception("could not save Amara", extra={"patient": "Okonkwo"})

    (line,) = read()
    assert line["error"] == "ValueError"
    assert "test_logs.py" in line["frames"]
    assert not any(canary in json.dumps({key: line[key] for key in ("error", "frames")}) for canary in CANARIES)


def test_what_a_library_filled_in_is_left_out(lines):
    logger, read = lines
    logger.warning("Not Found: %s", "/portal/enter/4f9d8a7b6c5d4e3f2a1b0c9d/")
    logger.warning("login of %s failed", "amara@example.org")
    assert [line["event"] for line in read()] == ["Not Found: %s", "login of %s failed"]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("duplicate key DETAIL: Key (email)=(amara@example.org) already exists.", "duplicate key"),
        ("GET /patients/?search=Amara+Okonkwo", "GET /patients/?..."),
        ("GET /portal/enter/4f9d8a7b6c5d4e3f2a1b0c9d/", "GET /portal/enter/<token>/"),
        ("to amara@example.org", "to <e-mail>"),
        ("called +34 600 123 456", "called <number>"),
        ("value 'Amara' is wrong", "value '...' is wrong"),
    ],
)
def test_free_text_is_scrubbed(text, left):
    assert scrub(text) == left


@pytest.mark.django_db
def test_a_request_leaves_no_canary(client, lines, caplog):
    logger = logging.getLogger("django_structlog.middlewares.request")
    _, read = lines
    logger.handlers, logger.propagate = logging.getLogger("canary").handlers, False
    logger.disabled = False
    logger.setLevel(logging.INFO)
    try:
        client.get("/patients/?search=Okonkwo", headers={"user-agent": "Amara"})
        client.post("/accounts/login/", {"login": "amara@example.org", "password": "hunter2-hunter2"})
        client.get("/nothing/amara@example.org/")
    finally:
        logger.handlers, logger.propagate = [], True
        logger.setLevel(logging.NOTSET)

    text = json.dumps(read())
    assert "request_finished" in text
    assert not [canary for canary in CANARIES if canary in text]
