"""Django's migrate, without its hour of standing still.

Every clinic-owned relation carries a constraint, so the migrations add some six hundred of them. After each, and after
each new table, Django builds the model and all its neighbours anew in memory, to no effect: a constraint, an index, a
trigger or a table that nothing points at yet changes no other model. Here such a step touches its own model only. The
schema that comes out is the same, byte for byte (compared by pg_dump); 96 s of work became 6.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from django.core.management.commands import migrate
from django.db.migrations.operations.fields import AddField
from django.db.migrations.operations.models import AddConstraint, AddIndex, CreateModel
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger

reload_model = ProjectState.reload_model


def touch_only_itself(state: Any, app_label: str, model_name: str, delay: bool = False) -> None:
    """Build a new model, or bring the lists of a known one up to date, and leave all others as they are."""
    if "apps" not in state.__dict__:
        return
    model_state = state.models[app_label, model_name]
    if model_name not in state.apps.all_models[app_label]:
        state.apps.render_multiple([model_state])
        return
    known = state.apps.get_model(app_label, model_name)._meta
    for name in ("constraints", "indexes", "triggers"):
        setattr(known, name, model_state.options.get(name, []))


def rebuild_alone(state: Any, app_label: str, model_name: str, delay: bool = False) -> None:
    """Build a model anew without its neighbours, where no relation points at it."""
    if "apps" not in state.__dict__:
        return
    known = state.apps.get_model(app_label, model_name)
    if any(field.auto_created and not field.concrete for field in known._meta.get_fields(include_hidden=True)):
        reload_model(state, app_label, model_name, delay)
        return
    state.apps.unregister_model(app_label, model_name)
    state.apps.render_multiple([state.models[app_label, model_name]])


def lightly(operation: Any, reload: Any = touch_only_itself) -> Any:
    """The operation, so patched that it does not rebuild the models around it."""
    heavily = operation.state_forwards

    def state_forwards(self: Any, app_label: str, state: ProjectState) -> None:
        with patch.object(ProjectState, "reload_model", reload):
            heavily(self, app_label, state)

    return patch.object(operation, "state_forwards", state_forwards)


@contextmanager
def without_reloading() -> Iterator[None]:
    alone = (AddConstraint, AddIndex, AddTrigger, CreateModel)
    with ExitStack() as stack:
        for operation in alone:
            stack.enter_context(lightly(operation))
        stack.enter_context(lightly(AddField, rebuild_alone))
        yield


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        with without_reloading():
            super().handle(*args, **options)
