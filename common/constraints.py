"""Constraints that every app repeats: ownership that agrees, and facts that come in pairs."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.constraints import BaseConstraint


def owner_key() -> models.UniqueConstraint:
    """Let other rows point at (owner, row) together, so that both ends belong to one owner."""
    return models.UniqueConstraint(fields=["clinic", "id"], name="%(app_label)s_%(class)s_owner")


def paired(at: str, by: str) -> models.CheckConstraint:
    """Both or neither: a moment that a person caused names the person, and the other way round."""
    both = Q(**{f"{at}__isnull": False, f"{by}__isnull": False})
    neither = Q(**{f"{at}__isnull": True, f"{by}__isnull": True})
    return models.CheckConstraint(condition=both | neither, name=f"%(app_label)s_%(class)s_{at}_paired")


def one_of(field: str, choices: type[models.TextChoices]) -> models.CheckConstraint:
    """The column holds one of the declared words and nothing else."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__in": list(choices.values)}), name=f"%(app_label)s_%(class)s_{field}_known"
    )


class SameOwner(BaseConstraint):
    """A second, composite foreign key: the row pointed at has the same owner as this row.

    It is deferred to the end of the transaction, like Django's own foreign keys, and is silent where the
    relation is empty. The row pointed at needs `owner_key()`.
    """

    def __init__(self, field: str, *, owner: str = "clinic", name: str = "", **kwargs: Any) -> None:
        self.field, self.owner = field, owner
        super().__init__(name=name or f"%(app_label)s_%(class)s_{field}_same_owner", **kwargs)

    def _reference(self, model: type[models.Model], schema_editor: Any) -> str:
        field: Any = model._meta.get_field(self.field)
        target = field.related_model
        quote = schema_editor.quote_name
        owner = quote(field.model._meta.get_field(self.owner).column)
        return (
            f"FOREIGN KEY ({owner}, {quote(field.column)}) "
            f"REFERENCES {quote(target._meta.db_table)} ({owner}, {quote(target._meta.pk.column)}) "
            "DEFERRABLE INITIALLY DEFERRED"
        )

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        return self.create_sql(model, schema_editor)

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        quote = schema_editor.quote_name
        schema_editor.deferred_sql.append(
            f"ALTER TABLE {quote(model._meta.db_table)} ADD CONSTRAINT {quote(self.name)} "
            f"{self._reference(model, schema_editor)}"
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        quote = schema_editor.quote_name
        return f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT {quote(self.name)}"

    def validate(self, model: Any, instance: Any, exclude: Any = None, using: Any = None) -> None:
        return None

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        if self.owner != "clinic":
            kwargs["owner"] = self.owner
        return path, (self.field, *args), kwargs

    def __eq__(self, other: object) -> bool:
        if isinstance(other, SameOwner):
            return (self.name, self.field, self.owner) == (other.name, other.field, other.owner)
        return NotImplemented

    def __hash__(self) -> int:
        return hash((self.name, self.field, self.owner))
