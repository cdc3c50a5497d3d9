"""The permission of a door that nobody has opened."""

from typing import Any

from rest_framework.permissions import BasePermission


class Nobody(BasePermission):
    """Deny: a view of the API that does not say who may come in lets nobody in."""

    def has_permission(self, request: Any, view: Any) -> bool:
        return False
