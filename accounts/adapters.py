"""How log-in behaves here: nobody signs up, and only staff come through this door."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context

from accounts import devices, tokens
from accounts.models import Kind


class ClosedAdapter(DefaultAccountAdapter):
    """Staff are invited by the owner; there is no sign-up."""

    def is_open_for_signup(self, request: Any) -> bool:
        return False

    def pre_login(self, request: Any, user: Any, **kwargs: Any) -> Any:
        if user.kind != Kind.STAFF:
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **kwargs)

    def post_login(self, request: Any, user: Any, **kwargs: Any) -> Any:
        return devices.entered(request, super().post_login(request, user, **kwargs))

    def is_reauthentication_required(self, **kwargs: Any) -> bool:
        """Who has just come in by password sets up the second step at once; the same five minutes as everywhere."""
        request = getattr(self, "request", None) or context.request
        return bool(super().is_reauthentication_required(**kwargs)) and not tokens.stepped_up(request)

    def logout(self, request: Any) -> None:
        devices.left(request)
        super().logout(request)
