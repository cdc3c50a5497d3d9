"""What a file of one sort needs to be taken in: its fields, how a row is judged, written and taken back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from patients.imports.fields import Field, Reading
from patients.models import ImportBatch, ImportRow


@dataclass(frozen=True)
class Sort:
    """The acts that differ between files of patients and files of visits; the rest they share."""

    fields: Sequence[Field]
    reading: Callable[[ImportBatch, Any], Reading]  # what is known before the first row is read
    judge: Callable[[ImportBatch, ImportRow, list[str], Reading], None]  # sets the state of a row that was read
    mark: Callable[[ImportBatch], None]  # marks, over the whole file, who is here already
    write: Callable[..., None]
    take_back: Callable[..., None]
    at_once: int
