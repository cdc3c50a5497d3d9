"""Column types that Django does not bring along."""

import re
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.dateparse import parse_datetime

Span = tuple[datetime, datetime]
_RANGE = re.compile(r'[\[(]"?([^",)\]]*)"?,"?([^",)\]]*)"?[\])]')


def _moment(text: str) -> datetime:
    moment = parse_datetime(text)
    if moment is None:
        raise ValueError(f"not a moment: {text!r}")
    return moment


class MomentsField(models.Field):
    """Several half-open spans of time in one column (`tstzmultirange`); in Python a tuple of (start, end) pairs."""

    description = "Half-open spans of time"
    empty_strings_allowed = False

    def db_type(self, connection: Any) -> str:
        return "tstzmultirange"

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:
        return "%s::tstzmultirange"

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> tuple[Span, ...] | None:
        if value is None or isinstance(value, tuple):
            return value
        return tuple((_moment(start), _moment(end)) for start, end in _RANGE.findall(value))

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        if value is None or isinstance(value, str) or hasattr(value, "resolve_expression"):
            return value
        return "{" + ",".join(f"[{start.isoformat()},{end.isoformat()})" for start, end in value) + "}"

    def value_to_string(self, obj: Any) -> str:
        return str(self.get_prep_value(self.value_from_object(obj)))

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.from_db_value(value, None, None)
        return value


@MomentsField.register_lookup
class Overlaps(models.Lookup):
    """The spans have a moment in common with the given spans."""

    lookup_name = "overlaps"

    def get_prep_lookup(self) -> Any:
        if hasattr(self.rhs, "resolve_expression"):
            return self.rhs
        return MomentsField().get_prep_value(self.rhs)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} && ({right})::tstzmultirange", (*left_params, *right_params)
