"""The base of every queryset with named scopes."""

from typing import Any

from django.db import models


class ClinicQuerySet(models.QuerySet):
    """Rows that belong to one clinic."""

    def owned_by(self, clinic: Any) -> Any:
        """Keep the rows of one clinic."""
        return self.filter(clinic=clinic)
