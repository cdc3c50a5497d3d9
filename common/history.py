"""Row history: every insert, update and delete of a tracked table is copied by a trigger, raw and bulk writes too."""

from typing import TypeVar

import pghistory
from django.db import models

Tracked = TypeVar("Tracked", bound=type[models.Model])


def tracked(model: Tracked) -> Tracked:
    """Keep the history of every row of the table."""
    history = pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
    return history(model)
