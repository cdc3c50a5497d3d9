"""Orders of the prescriber: asked for, signed, shown, withdrawn."""

from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission, chart, staff
from common.dates import local_day
from common.forms import RefusableForm
from common.refused import Refused
from treatments.actions import orders
from treatments.forms.orders import OrderForm
from treatments.forms.plans import ReasonForm
from treatments.rules import orders as rules
from treatments.tables import orders as tables
from treatments.views.charts import plan_or_404
from treatments.views.rooms import posted, session_or_404


def order_or_404(request, pk):
    """Fetch an order that this member may read, and have it written down that the chart was seen."""
    order = get_object_or_404(request.clinic.orders.visible_to(request.user).with_lines(), pk=pk)
    chart(request, order.patient)
    return order


@staff(Permission.PREPARE_MIXES)
def order_ask(request, pk):
    session = session_or_404(request, pk)
    said = request.GET.get("mix", "")
    if rules.signer(request.user, session.plan):
        query = urlencode({"session": session.planned_session.ordinal, "mix": said})
        return redirect(f"{reverse('treatments:order_sign', args=[session.plan_id])}?{query}")
    products = request.clinic.products.with_contents().in_bulk([pk for pk, _ml in tables.parsed(said)])
    lines = [{"product": products[pk], "volume_ml": ml} for pk, ml in tables.parsed(said) if pk in products]
    form = RefusableForm(posted(request))
    if form.is_valid():
        orders.ask(session, asked=orders.asked_of_lines(lines), by=request.user, at=timezone.now())
        messages.success(request, _("%(name)s is asked to sign.") % {"name": session.plan.practitioner})
        return redirect("treatments:session_detail", pk)
    shown = {"session": session, "patient": session.patient, "form": form, "lines": lines}
    return render(request, "treatments/order_ask.html", shown)


def order_form(request, plan, data=None):
    """Give the form of an order, with the mix that the address carries."""
    ordinal = request.GET.get("session", "")
    ordinals = sorted(row.ordinal for row in plan.planned_sessions.all())
    first = int(ordinal) if ordinal.isdecimal() and int(ordinal) in ordinals else None
    today = local_day(timezone.now(), plan.location.time_zone)
    return OrderForm(
        data,
        products=request.clinic.products.with_contents().order_by("name"),
        versions=request.clinic.formulation_versions.approved().select_related("formulation"),
        ordinals=ordinals,
        zones=request.clinic.zones.injectable().order_by("region", "name"),
        initial=tables.first_words(plan, said=request.GET.get("mix", ""), ordinal=first, today=today),
    )


@staff(Permission.SIGN_ORDERS)
def order_sign(request, pk):
    plan = plan_or_404(request, pk)
    form = order_form(request, plan, posted(request))
    if form.is_valid():
        try:
            order = orders.sign(plan, **form.values, by=request.user, at=timezone.now())
            messages.success(request, _("The order is signed."))
            return redirect("treatments:order_detail", order.pk)
        except Refused as refused:
            form.add_refusal(refused)
    shown = {"plan": plan, "patient": plan.patient, "form": form}
    return render(request, "treatments/order_sign.html", shown, status=422 if form.errors else 200)


@staff(Permission.VIEW_ORDERS)
def order_detail(request, pk):
    order = order_or_404(request, pk)
    today = local_day(timezone.now(), order.plan.location.time_zone)
    names = request.clinic.zones.filter(slug__in=order.zones).order_by("name").values_list("name", flat=True)
    shown = {
        "order": order,
        "plan": order.plan,
        "patient": order.patient,
        "lines": tables.lines_of(order),
        "stands": tables.told([order], today)[0]["stands"],
        "zones": sorted(set(names)),
        "may_withdraw": rules.withdraw_order.allows(request.user, order, reason="-"),
    }
    return render(request, "treatments/order_detail.html", shown)


@staff(Permission.SIGN_ORDERS)
def order_withdraw(request, pk):
    order = order_or_404(request, pk)
    form = ReasonForm(posted(request))
    if form.is_valid():
        try:
            orders.withdraw(order, **form.values, by=request.user, at=timezone.now())
            messages.success(request, _("The order is withdrawn: nothing more is mixed or injected under it."))
            return redirect("treatments:order_detail", pk)
        except Refused as refused:
            form.add_refusal(refused)
    shown = {"order": order, "plan": order.plan, "patient": order.patient, "form": form}
    return render(request, "treatments/order_withdraw.html", shown, status=422 if form.errors else 200)
