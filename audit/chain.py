"""The hash chain: pure functions that turn an event into the link after the one before it."""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC
from typing import Any

GENESIS = "0" * 64
LINKED = ("chain", "seq", "at", "kind", "actor_id", "subject_kind", "subject_id", "patient_id", "fields", "reason")


def canonical(values: dict[str, Any]) -> bytes:
    """Write the linked fields in one fixed form, so that the same event always gives the same bytes."""
    plain = {name: values[name] for name in LINKED if name != "at"}
    plain["at"] = values["at"].astimezone(UTC).isoformat()
    plain["fields"] = list(values["fields"] or [])
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def link(previous: str, values: dict[str, Any]) -> str:
    """Hash an event together with the hash before it (SHA-256, hexadecimal)."""
    return hashlib.sha256(previous.encode() + canonical(values)).hexdigest()


def first_break(rows: Iterable[dict[str, Any]]) -> tuple[int, str] | None:
    """Walk one chain in order and name the first number that is missing or altered, with what is wrong."""
    expected, previous = 1, GENESIS
    for row in rows:
        if row["seq"] != expected:
            return expected, "removed"
        if row["previous"] != previous or row["hash"] != link(previous, row):
            return row["seq"], "edited"
        expected, previous = expected + 1, row["hash"]
    return None
