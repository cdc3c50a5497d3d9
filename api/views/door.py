"""What every resource of the machine's door shares: access, idempotency, one call into the domain."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework import exceptions
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import idempotency
from accounts.access import Access, Permission, chart, demand
from api.authentication import SessionAuthentication, TokenAuthentication
from api.pagination import Cursor
from api.problems import handle

PLAIN = frozenset({"", "*/*", "application/json", "application/json, */*"})


class OnlyJson(DefaultContentNegotiation):
    """What nearly everybody sends is not weighed: where there is one form, it is the answer."""

    def select_renderer(self, request: Any, renderers: list[Any], format_suffix: str | None = None) -> Any:
        plain = request.META.get("HTTP_ACCEPT", "") in PLAIN and "format" not in request.query_params
        if plain and len(renderers) == 1 and renderers[0].media_type == "application/json":
            return renderers[0], renderers[0].media_type
        return super().select_renderer(request, renderers, format_suffix)


class Declared(BasePermission):
    """Let pass who holds a permission that the view declares for the method; everything else is denied."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user or not request.user.is_authenticated:
            raise exceptions.NotAuthenticated
        if getattr(request, "membership", None) is None:
            return False
        needed = view.access.permissions_for(request.method)
        if not needed:
            raise exceptions.MethodNotAllowed(request.method or "")
        request._request.grant = demand(request._request, needed)
        return True


class ClinicView(APIView):
    """A resource of the member's clinic; `permissions` says what each method demands."""

    permissions: ClassVar[dict[str, Permission | tuple[Permission, ...]]] = {}
    access: ClassVar[Access]
    authentication_classes = [TokenAuthentication, SessionAuthentication]
    permission_classes = [Declared]
    content_negotiation_class = OnlyJson

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.access = Access(
            "api",
            {name: need if isinstance(need, tuple) else (need,) for name, need in cls.permissions.items()},
        )

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        self.args, self.kwargs = args, kwargs
        return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        method = (request.method or "").lower()
        handler = getattr(self, method, None)
        if method == "post" and handler is not None:
            setattr(self, method, self._once(request, handler))

    def _once(self, request: Request, handler: Callable[..., Response]) -> Callable[..., Any]:
        def answer(inner: Request, *args: Any, **kwargs: Any) -> Any:
            def work() -> Any:
                try:
                    response: Any = handler(inner, *args, **kwargs)
                except Exception as error:
                    found = handle(error, {"request": inner})
                    if found is None:
                        raise
                    response = found
                return self._rendered(inner, response, *args, **kwargs)

            return idempotency.once(inner._request, work)

        return answer

    def _rendered(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = self.finalize_response(request, response, *args, **kwargs)
        response.render()
        return response

    @property
    def clinic(self) -> Any:
        return self.request.clinic

    def body(self, serializer: type, **options: Any) -> Any:
        """Read and clean the body, or answer 400 with every error at once."""
        cleaned = serializer(data=self.request.data, context={"request": self.request}, **options)
        cleaned.is_valid(raise_exception=True)
        return cleaned.validated_data

    def show(self, serializer: type, thing: Any, status: int = 200) -> Response:
        """Answer with one thing."""
        return Response(serializer(thing, context={"request": self.request}).data, status=status)

    def page(self, serializer: type, rows: Any, ordering: str | tuple[str, ...] = "-pk") -> Response:
        """Answer with one page of a list."""
        context = {"request": self.request}
        return self.listed(rows, lambda found: serializer(found, many=True, context=context).data, ordering)

    def listed(self, rows: Any, say: Callable[[list[Any]], Iterable[Any]], ordering: str | tuple[str, ...]) -> Response:
        """Answer with one page of a list that is written out in one go."""
        cursor = Cursor()
        cursor.ordering = ordering  # type: ignore[assignment]
        found = cursor.paginate_queryset(rows, self.request, view=self)
        return cursor.get_paginated_response(list(say(found)))

    def chart(self, patient: Any) -> None:
        """Have it written down that a patient's chart was read."""
        chart(self.request._request, patient)
