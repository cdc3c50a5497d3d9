"""Django's migrate, without its hour of standing still.

Every clinic-owned relation carries a constraint, so the migrations add some six hundred of them. After each, Django
builds the model and all its neighbours anew in memory, to no effect: a constraint, an index or a trigger changes no
field and no relation. Here such a step changes the one model's list and nothing else (measured: 65 s, then 15 s).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.core.management.commands import migrate
from django.db.migrations.operations.models import AddConstraint, AddIndex
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger


@contextmanager
def without_reloading() -> Iterator[None]:
    """Let the steps that change neither field nor relation leave the other models as they are."""

    def keep(state: Any, app_label: str, model_name: str, delay: bool = False) -> None:
        if "apps" not in state.__dict__:
            return
        options = state.models[app_label, model_name].options
        found = state.apps.get_model(app_label, model_name)._meta
        found.constraints, found.indexes = options.get("constraints", []), options.get("indexes", [])
        found.triggers = options.get("triggers", [])

    def light(operation: type) -> Any:
        heavy = operation.state_forwards  # type: ignore[attr-defined]

        def state_forwards(self: Any, app_label: str, state: ProjectState) -> None:
            with patch.object(ProjectState, "reload_model", keep):
                heavy(self, app_label, state)

        return patch.object(operation, "state_forwards", state_forwards)

    with light(AddConstraint), light(AddIndex), light(AddTrigger):
        yield


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        with without_reloading():
            super().handle(*args, **options)
