"""Orders: what a prescriber lets somebody else mix and inject for one patient."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response

from accounts.access import Permission
from api.serializers.formulations import ReasonBody
from api.serializers.orders import OrderAskBody, OrderBody, OrderSerializer
from api.serializers.tasks import TaskSerializer
from api.views.door import ClinicView
from api.views.formulations import found
from treatments.actions import orders

PLAN = OpenApiParameter("plan", OpenApiTypes.INT, description="only the orders of this plan")


class OrderView(ClinicView):
    """What the addresses of orders share."""

    @property
    def rows(self) -> Any:
        return self.clinic.orders.visible_to(self.request.user).with_lines()

    def order(self, pk: int) -> Any:
        order = get_object_or_404(self.rows, pk=pk)
        self.chart(order.patient)
        return order

    def with_products(self, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Lines with the clinic's own rows behind them."""
        products = self.clinic.products.with_contents()
        return [{**line, "product": found(products, line.get("product"))} for line in lines]


class Orders(OrderView):
    """The orders of the clinic, newest first; the prescriber signs a new one."""

    permissions = {"GET": Permission.VIEW_ORDERS, "POST": Permission.SIGN_ORDERS}

    @extend_schema(parameters=[PLAN], responses=OrderSerializer(many=True))
    def get(self, request) -> Response:
        rows, plan = self.rows, request.query_params.get("plan", "")
        if plan:
            rows = rows.filter(plan_id=int(plan)) if plan.isdecimal() else rows.none()
        return self.page(OrderSerializer, rows)

    @extend_schema(request=OrderBody, responses={201: OrderSerializer})
    def post(self, request) -> Response:
        body = self.body(OrderBody)
        plan = found(self.clinic.plans.visible_to(request.user), body.pop("plan"))
        self.chart(plan.patient)
        order = orders.sign(
            plan,
            version=found(self.clinic.formulation_versions.with_recipe(), body.pop("formulation", None)),
            components=self.with_products(body.pop("components")),
            **body,
            by=request.user,
            at=timezone.now(),
        )
        return self.show(OrderSerializer, self.rows.get(pk=order.pk), 201)


class OrderDetail(OrderView):
    """One order."""

    permissions = {"GET": Permission.VIEW_ORDERS}

    @extend_schema(responses=OrderSerializer)
    def get(self, request, pk: int) -> Response:
        return self.show(OrderSerializer, self.order(pk))


class OrderWithdraw(OrderView):
    """Take an order back."""

    permissions = {"POST": Permission.SIGN_ORDERS}

    @extend_schema(request=ReasonBody, responses=OrderSerializer)
    def post(self, request, pk: int) -> Response:
        orders.withdraw(self.order(pk), **self.body(ReasonBody), by=request.user, at=timezone.now())
        return self.show(OrderSerializer, self.order(pk))


class OrderAsk(OrderView):
    """Ask the prescriber to sign an order for a session."""

    permissions = {"POST": Permission.PREPARE_MIXES}

    @extend_schema(request=OrderAskBody, responses={201: TaskSerializer})
    def post(self, request) -> Response:
        body = self.body(OrderAskBody)
        session = found(self.clinic.treatment_sessions.visible_to(request.user).with_chart(), body["session"])
        self.chart(session.patient)
        asked = orders.asked_of_lines(self.with_products(body["components"]))
        task = orders.ask(session, asked=asked, by=request.user, at=timezone.now())
        return self.show(TaskSerializer, task, 201)
