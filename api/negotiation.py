"""In which form an answer goes out: JSON, unless somebody asks for another one by name."""

from collections.abc import Sequence
from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation

PLAIN = frozenset({"", "*/*", "application/json", "application/json, */*"})


class OnlyJson(DefaultContentNegotiation):
    """What nearly everybody sends is not weighed: where there is one form, it is the answer."""

    def select_renderer(self, request: Any, renderers: Sequence[Any], format_suffix: str | None = None) -> Any:
        plain = request.META.get("HTTP_ACCEPT", "") in PLAIN and "format" not in request.query_params
        if plain and len(renderers) == 1 and renderers[0].media_type == "application/json":
            return renderers[0], renderers[0].media_type
        return super().select_renderer(request, renderers, format_suffix)
