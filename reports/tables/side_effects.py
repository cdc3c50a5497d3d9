"""Side effects by what was injected: by formulation, by lot, or by single substance, always with the n behind it."""

from collections import namedtuple
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.charts import bars
from reports.tables.listed import asked
from reports.tables.shares import Share
from reports.tables.sheets import DAYS, Asked, Column, Filter, Report, Sheet

BY = Filter(
    "by",
    gettext_lazy("By"),
    lambda clinic: [("lot", _("Lot")), ("ingredient", _("Substance"))],
    gettext_lazy("Formulation"),
)
EFFECT = Filter(
    "effect",
    gettext_lazy("Side effect"),
    lambda clinic: list(
        clinic.effects.filter(side_effects__isnull=False)
        .order_by("name", "slug")
        .values_list("slug", "name")
        .distinct()
    ),
    gettext_lazy("All of them"),
)
KEYS = {
    "formulation": ("coalesce(f.id, 0)", "coalesce(f.name, %(unnamed)s)"),
    "lot": ("l.id", "p.name || ', ' || l.number"),
    "ingredient": ("i.id", "i.name"),
}
JOINS = {
    "formulation": "LEFT JOIN formulations_formulationversion v ON v.id = m.version_id "
    "LEFT JOIN formulations_formulation f ON f.id = v.formulation_id",
    "lot": "JOIN formulations_product p ON p.id = l.product_id",
    "ingredient": "JOIN formulations_preparationsubstance x ON x.component_id = c.id "
    "JOIN formulations_ingredient i ON i.id = x.ingredient_id",
}
# Exposed is a session into which it went; affected, one of whose side effects names a lot that brought it there.
SQL = """
WITH given AS MATERIALIZED (
    SELECT {key} AS key, {name} AS name, s.id AS session_id, l.id AS lot_id
    FROM treatments_treatmentsession s
    JOIN accounts_location o ON o.id = s.location_id
    JOIN accounts_practitioner d ON d.id = s.practitioner_id
    JOIN accounts_membership h ON h.id = d.membership_id
    JOIN treatments_sessionpreparation j ON j.session_id = s.id
    JOIN formulations_preparation m ON m.id = j.preparation_id
    JOIN formulations_preparationcomponent c ON c.preparation_id = m.id
    JOIN formulations_pack k ON k.id = c.pack_id
    JOIN formulations_lot l ON l.id = k.lot_id
    {joins}
    WHERE s.clinic_id = %(clinic)s
        AND EXISTS (SELECT FROM treatments_zoneapplication z WHERE z.preparation_id = m.id AND z.session_id = s.id)
        AND (%(own)s::bigint IS NULL OR h.user_id = %(own)s)
        AND (%(since)s::date IS NULL
            OR (coalesce(s.injection_started_at, s.started_at) AT TIME ZONE o.time_zone)::date >= %(since)s)
        AND (%(until)s::date IS NULL
            OR (coalesce(s.injection_started_at, s.started_at) AT TIME ZONE o.time_zone)::date <= %(until)s)
), blamed AS MATERIALIZED (
    SELECT u.session_id, u.lot_id, e.id AS case_id, e.grade, cardinality(e.serious) > 0 AS is_serious
    FROM safety_suspect u
    JOIN safety_sideeffectcase e ON e.id = u.case_id AND NOT e.entered_in_error
    JOIN formulations_effect t ON t.id = e.effect_id
    WHERE u.clinic_id = %(clinic)s AND (%(effect)s::text IS NULL OR t.slug = %(effect)s)
), exposed AS (
    SELECT key, min(name) AS name, count(DISTINCT session_id)::int AS sessions FROM given
    GROUP BY GROUPING SETS ((key), ())
), affected AS (
    SELECT g.key, count(DISTINCT b.case_id)::int AS cases, count(DISTINCT b.session_id)::int AS sessions_with,
        count(DISTINCT b.case_id) FILTER (WHERE b.is_serious)::int AS serious, max(b.grade)::int AS worst
    FROM given g JOIN blamed b ON b.session_id = g.session_id AND b.lot_id = g.lot_id
    GROUP BY GROUPING SETS ((g.key), ())
)
SELECT x.key, x.name, x.sessions, coalesce(a.cases, 0) AS cases, coalesce(a.sessions_with, 0) AS sessions_with,
    coalesce(a.serious, 0) AS serious, a.worst
FROM exposed x LEFT JOIN affected a ON a.key IS NOT DISTINCT FROM x.key
ORDER BY x.key IS NULL, x.name, x.key
"""
COLUMNS = (
    Column("name", gettext_lazy("What was injected")),
    Column("sessions", gettext_lazy("Sessions"), "count"),
    Column("cases", gettext_lazy("Side effects"), "count"),
    Column("serious", gettext_lazy("Serious"), "count"),
    Column("worst", gettext_lazy("Hardest grade"), "count"),
    Column("sessions_with", gettext_lazy("Affected sessions"), "count"),
    Column("share", gettext_lazy("Share"), "code"),
    Column("percent", gettext_lazy("%"), "number"),
    Column("percent_from", gettext_lazy("95 % from"), "number"),
    Column("percent_to", gettext_lazy("95 % to"), "number"),
)
Line = namedtuple("Line", [column.name for column in COLUMNS])  # type: ignore[misc]


def sheet(question: Asked) -> Sheet:
    """Count the sessions into which each went, and those that a side effect followed for which it is suspected."""
    by = question.chosen.get("by", "formulation")
    key, name = KEYS[by]
    given = {
        **question.parameters,
        "effect": question.chosen.get("effect"),
        "unnamed": _("Mixed without a formulation"),
    }
    rows = asked(SQL.format(key=key, name=name, joins=JOINS[by]), given)
    lines = [_line(row) for row in rows]
    return Sheet(lines[:-1], lines[-1])


def _line(row: Any) -> Any:
    share = Share(row.sessions_with, row.sessions)
    name = _("Total") if row.key is None else row.name
    return Line(name, row.sessions, row.cases, row.serious, row.worst, row.sessions_with, *share.cells)


def drawn(sheet: Sheet) -> Any:
    """Draw the shares that are large enough for a percentage."""
    shown = [(line.name, line.percent) for line in sheet.rows if line.percent is not None]
    return bars(sorted(shown, key=lambda each: each[1], reverse=True), unit=" %")


SIDE_EFFECTS = Report(
    name="side-effects",
    title=gettext_lazy("Side effects by what was injected"),
    lead=gettext_lazy(
        "After how many of the sessions with each formulation, lot or substance a side effect was recorded for which "
        "it is among the suspects. Below ten sessions only counts are shown; from there on a percentage with its "
        "95 % interval. It ranks what to look at; it does not clear anything."
    ),
    columns=COLUMNS,
    filters=(*DAYS, BY, EFFECT),
    sheet=sheet,
    chart=drawn,
    icon="siren",
    empty=(gettext_lazy("Nothing was injected yet"), gettext_lazy("The first signed mix makes the first line.")),
)
