"""Log lines: an event, numbers and kinds. Never a name, a note, a token or a password.

Only keys on a list are let through. Of a library's message its pattern is kept and what was filled in is left out, and
the text that remains is scrubbed of whatever could be a person's.
"""

import re
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog

Event = MutableMapping[str, Any]
ALLOWED = frozenset(
    {
        "event", "level", "logger", "timestamp", "request_id", "correlation_id", "user_id", "clinic_id", "request",
        "code", "status", "task", "task_id", "seconds", "count", "route", "kind", "pid", "address", "port", "error",
        "frames", "_record", "_from_structlog",
    }
)  # fmt: skip
SCRUBS = (
    (re.compile(r"=\(.*?\)"), "=(...)"),
    (re.compile(r"(?i)\b(DETAIL|CONTEXT|HINT|QUERY):.*", re.DOTALL), ""),
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"), "<e-mail>"),
    (re.compile(r"\?\S*"), "?..."),
    (re.compile(r"(?<![\w.:-])\+?\d[\d ()-]{7,}\d"), "<number>"),
    (re.compile(r"[A-Za-z0-9_\-]{20,}={0,2}"), "<token>"),
    (re.compile(r"(['\"]).*?\1"), "'...'"),
)
ROOT = Path(__file__).resolve().parent.parent


def scrub(text: str) -> str:
    """Take out what looks like an address, a number, a token or somebody's words."""
    for pattern, instead in SCRUBS:
        text = pattern.sub(instead, text)
    return text.strip()


def name_errors(logger: Any, method: str, event: Event) -> Event:
    """An error by its type and the places it passed; its message may hold what a person typed, so it stays out."""
    found = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    if isinstance(found, BaseException):
        found = (type(found), found, found.__traceback__)
    if found and found[0]:
        event["error"] = found[0].__name__
        frames = traceback.extract_tb(found[2])[-8:]
        event["frames"] = " < ".join(f"{place(frame.filename)}:{frame.lineno}" for frame in reversed(frames))
    return event


def place(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name


def redact(logger: Any, method: str, event: Event) -> Event:
    """Let through the keys on the list, and of text only what holds nobody's words."""
    for key in [key for key in event if key not in ALLOWED]:
        del event[key]
    if event.get("event") is not None:
        event["event"] = scrub(str(event["event"]))
    if "request" in event:
        event["request"] = scrub(str(event["request"]))
    return event


PRE_CHAIN: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
PROCESSORS: list[Any] = [
    structlog.stdlib.filter_by_level,
    *PRE_CHAIN,
    structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
]


def formatter(*, plain: bool) -> structlog.stdlib.ProcessorFormatter:
    """The end of the chain, where nothing can be added any more: names out, then one line."""
    last: Any = structlog.dev.ConsoleRenderer(colors=False) if plain else structlog.processors.JSONRenderer()
    return structlog.stdlib.ProcessorFormatter(
        processors=[name_errors, redact, structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        foreign_pre_chain=PRE_CHAIN,
        use_get_message=False,
    )
