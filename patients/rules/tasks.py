"""Who may see and finish a task."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from common.refused import Refusal
from common.rules import rule
from patients.models import Task

Clauses = Iterator[tuple[bool, Refusal]]


@rule
def finish(user: Any, task: Task) -> Clauses:
    """A task is done once."""
    yield task.done_at is None, Refusal("already_done", _("This task is already done."))


@rule
def reopen(user: Any, task: Task, *, twin: bool) -> Clauses:
    """A task that was ticked by mistake opens again, unless another took its place."""
    yield task.done_at is not None, Refusal("wrong_state", _("This task is still open."))
    yield not twin, Refusal("already_done", _("The same task was opened again meanwhile."))
