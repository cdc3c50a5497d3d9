"""How every table says which patient it is about, and what a merge or an erasure does to its rows."""

from enum import StrEnum
from typing import Any

from django.db import models


class OnMerge(StrEnum):
    """What happens to a row when its patient turns out to be a duplicate of another."""

    MOVE = "move"  # it is re-pointed at the patient that stays
    STAY = "stay"  # it goes on speaking about the duplicate itself


class OnErase(StrEnum):
    """What happens to a row when its patient asks to be forgotten."""

    RETAIN = "retain"  # kept until the legal duty ends
    CLEAR = "clear"  # removed or made anonymous at once


MOVE, STAY = OnMerge.MOVE, OnMerge.STAY
RETAIN, CLEAR = OnErase.RETAIN, OnErase.CLEAR


class PatientKey(models.ForeignKey):
    """The patient a row is about; merging and erasing walk these keys."""

    def __init__(self, *, on_merge: OnMerge = MOVE, on_erase: OnErase = RETAIN, **kwargs: Any) -> None:
        self.on_merge, self.on_erase = on_merge, on_erase
        kwargs.setdefault("to", "patients.Patient")
        kwargs.setdefault("on_delete", models.PROTECT)
        super().__init__(**kwargs)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.ForeignKey", args, kwargs

    def clone(self) -> "PatientKey":
        _name, _path, args, kwargs = self.deconstruct()
        return PatientKey(*args, on_merge=self.on_merge, on_erase=self.on_erase, **kwargs)
