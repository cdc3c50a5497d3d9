"""What came in and what was given back: by day, by how it was paid, and by who took it."""

from collections import namedtuple
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.models import Method
from reports.charts import bars
from reports.tables.listed import asked
from reports.tables.sheets import DAYS, Asked, Column, Filter, Report, Sheet

METHOD = Filter("method", gettext_lazy("Paid by"), lambda clinic: list(Method.choices), gettext_lazy("All ways"))
SQL = """
SELECT y.received_on AS day, y.method, u.display_name AS person, y.currency,
    count(*) FILTER (WHERE y.amount > 0)::int AS payments,
    count(*) FILTER (WHERE y.amount < 0)::int AS refunds,
    coalesce(sum(y.amount) FILTER (WHERE y.amount > 0), 0) AS received,
    coalesce(-sum(y.amount) FILTER (WHERE y.amount < 0), 0) AS given_back, sum(y.amount) AS kept
FROM billing_payment y JOIN accounts_user u ON u.id = y.by_id
LEFT JOIN treatments_treatmentplan n ON n.id = y.plan_id
LEFT JOIN scheduling_appointment a ON a.id = y.appointment_id
LEFT JOIN accounts_practitioner d ON d.id = coalesce(n.practitioner_id, a.practitioner_id)
LEFT JOIN accounts_membership m ON m.id = d.membership_id
WHERE y.clinic_id = %(clinic)s
    AND (%(since)s::date IS NULL OR y.received_on >= %(since)s)
    AND (%(until)s::date IS NULL OR y.received_on <= %(until)s)
    AND (%(method)s::text IS NULL OR y.method = %(method)s)
    AND (%(own)s::bigint IS NULL OR m.user_id = %(own)s)
GROUP BY y.received_on, y.method, u.id, y.currency ORDER BY y.received_on DESC, y.method, person, u.id, y.currency
"""
COLUMNS = (
    Column("day", gettext_lazy("Day"), "day"),
    Column("method", gettext_lazy("Paid by")),
    Column("person", gettext_lazy("Taken by")),
    Column("payments", gettext_lazy("Payments"), "count"),
    Column("refunds", gettext_lazy("Refunds"), "count"),
    Column("received", gettext_lazy("Received"), "number"),
    Column("given_back", gettext_lazy("Given back"), "number"),
    Column("kept", gettext_lazy("Takings"), "number"),
    Column("currency", gettext_lazy("Currency"), "code"),
)
Line = namedtuple("Line", [column.name for column in COLUMNS])  # type: ignore[misc]


def sheet(question: Asked) -> Sheet:
    """Add up the money of each day."""
    rows = asked(SQL, {**question.parameters, "method": question.chosen.get("method")})
    lines = [row._replace(method=Method(row.method).label) for row in rows]
    return Sheet(lines, _total(lines, question.clinic.currency))


def _total(lines: list[Any], currency: str) -> Any:
    """Add up all days; money of another currency than the clinic's is in its lines and not in the sum."""
    own = [line for line in lines if line.currency == currency]
    counts = (sum(line.payments for line in own), sum(line.refunds for line in own))
    sums = [sum((getattr(line, name) for line in own), Decimal(0)) for name in ("received", "given_back", "kept")]
    return Line(None, _("Total"), "", *counts, *sums, currency)


def drawn(sheet: Sheet) -> Any:
    """Draw how the money came in."""
    ways: dict[str, Decimal] = {}
    for line in sheet.rows:
        if line.currency == sheet.totals.currency:
            ways[line.method] = ways.get(line.method, Decimal(0)) + line.kept
    return bars(list(ways.items()), unit=f" {sheet.totals.currency}")


TAKINGS = Report(
    name="takings",
    title=gettext_lazy("Takings"),
    lead=gettext_lazy(
        "What was paid and what was given back, by day, by way of paying, and by who took it. Whoever sees their own "
        "figures sees what was paid for their plans and visits."
    ),
    columns=COLUMNS,
    filters=(*DAYS, METHOD),
    sheet=sheet,
    chart=drawn,
    icon="banknote",
)
