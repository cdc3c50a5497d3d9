"""What beat asks for, and how often. Each task finds for itself what is due; nothing is scheduled one by one."""

from importlib.util import find_spec
from typing import Any

RELAY_SECONDS = 2.0
SCAN_SECONDS = 60.0
TASKS = {
    "documents.tasks.render_due": RELAY_SECONDS,
    "messaging.tasks.relay": RELAY_SECONDS,
    "reminders.tasks.relay": RELAY_SECONDS,
    "reminders.tasks.scan": SCAN_SECONDS,
    "audit.tasks.anchor": SCAN_SECONDS,
    "accounts.tasks.sweep": 3600.0,
}


def written(task: str) -> bool:
    module, _, name = task.rpartition(".")
    spec = find_spec(module) if find_spec(module.partition(".")[0]) else None
    return bool(spec and spec.origin and f"def {name}(" in open(spec.origin).read())  # noqa: SIM115


SCHEDULE: dict[str, dict[str, Any]] = {
    task: {"task": task, "schedule": seconds, "options": {"expires": max(seconds * 2, 10)}}
    for task, seconds in TASKS.items()
    if written(task)
}
