"""Who knocks at the machine's door: a token of one membership, or a log-in of the browser."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication, exceptions

from accounts import tokens
from accounts.models import ApiToken, StepUp
from common.prepared import Given, Question

KNOWN = Question(
    lambda: (
        ApiToken.objects.usable(Given("at"))
        .filter(digest=Given("digest"))
        .select_related("membership__user", "membership__clinic", "membership__practitioner")
    )
)


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Token ...` acts as one member of one clinic; `X-Step-Up: ...` proves a confirmation."""

    keyword = "Token"

    def authenticate(self, request: Any) -> tuple[Any, Any] | None:
        words = authentication.get_authorization_header(request).decode("latin-1").split()
        if not words or words[0].lower() != self.keyword.lower():
            return None
        now = timezone.now()
        found = KNOWN.first(digest=tokens.digest(words[1] if len(words) == 2 else ""), at=now)
        if found is None:
            raise exceptions.AuthenticationFailed(_("This token is not known, was revoked or has expired."))
        self.enter(request._request, found, now)
        return found.membership.user, found

    def enter(self, request: Any, token: ApiToken, now: Any) -> None:
        """Put the token's clinic on the request, and whether the member has just confirmed who they are."""
        request.user = token.membership.user
        request.membership, request.clinic = token.membership, token.membership.clinic
        proof = request.headers.get("X-Step-Up", "")
        request.api_stepped_up = (
            bool(proof)
            and StepUp.objects.filter(
                membership=token.membership, digest=tokens.digest(proof), expires_at__gt=now
            ).exists()
        )

    def authenticate_header(self, request: Any) -> str:
        return self.keyword


class SessionAuthentication(authentication.SessionAuthentication):
    """The browser's own log-in, with its CSRF token."""


class TokenScheme(OpenApiAuthenticationExtension):
    """How the description names the token."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Token <secret>"}


class BrowserScheme(OpenApiAuthenticationExtension):
    """How the description names the browser's log-in."""

    target_class = SessionAuthentication
    name = "browser"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
