"""How every table says which clinic it belongs to, and who caused what."""

from typing import Any

from django.conf import settings
from django.db import models


class ClinicKey(models.ForeignKey):
    """The clinic that owns a row; `clinic.<related_name>` is the only way staff reach it."""

    def __init__(self, related_name: str = "+", **kwargs: Any) -> None:
        kwargs.setdefault("to", "accounts.Clinic")
        kwargs.setdefault("on_delete", models.PROTECT)
        kwargs.setdefault("editable", False)
        super().__init__(related_name=related_name, **kwargs)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.ForeignKey", args, kwargs


class UserKey(models.ForeignKey):
    """The person (or the system user) who caused a fact; never followed backwards."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("to", settings.AUTH_USER_MODEL)
        kwargs.setdefault("on_delete", models.PROTECT)
        kwargs.setdefault("related_name", "+")
        kwargs.setdefault("editable", False)
        kwargs.setdefault("db_index", False)
        super().__init__(**kwargs)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.ForeignKey", args, kwargs
