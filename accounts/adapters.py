"""How log-in behaves here: nobody signs up, and only staff come through this door."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter

from accounts import devices
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

    def logout(self, request: Any) -> None:
        devices.left(request)
        super().logout(request)
