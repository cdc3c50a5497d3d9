"""What beat asks for, and how often. Each task finds for itself what is due; nothing is scheduled one by one."""

from typing import Any

RELAY_SECONDS = 2.0
SCAN_SECONDS = 60.0
TASKS = {
    "documents.tasks.render_due": RELAY_SECONDS,
    "messaging.tasks.relay": RELAY_SECONDS,
    "reminders.tasks.relay": RELAY_SECONDS,
    "portal.tasks.relay": RELAY_SECONDS,
    "scheduling.tasks.import_due": RELAY_SECONDS,
    "reminders.tasks.scan": SCAN_SECONDS,
    "reports.tasks.write_due": RELAY_SECONDS,
    "reports.tasks.drop_past": 3600.0,
    "reminders.tasks.listen": 600.0,
    "audit.tasks.anchor": SCAN_SECONDS,
    "clinic.tasks.backup": 300.0,
    "accounts.tasks.sweep": 3600.0,
    "patients.tasks.sweep": 3600.0,
    "patients.tasks.forget_imports": 3600.0,
    "scheduling.tasks.remind_of_licences": 3600.0,
    "portal.tasks.sweep": 3600.0,
}
# A call that waited longer than this is dropped: the next one finds the same work.
SCHEDULE: dict[str, dict[str, Any]] = {
    task: {"task": task, "schedule": seconds, "options": {"expires": max(seconds * 2, 10)}}
    for task, seconds in TASKS.items()
}
