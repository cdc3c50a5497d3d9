"""What needed time before a session: sun, peels, vaccines, painkillers bought without a prescription."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from formulations.checks.charts import Answer, Patient
from formulations.checks.contexts import Context, Washout
from formulations.checks.findings import Finding, Override, Severity
from formulations.checks.medicines import makes_bleed
from formulations.checks.mixes import Mix

NSAID_WASHOUT = "nsaid-self-medicated"
PRESCRIBED_THINNER_WASHOUT = "antiplatelet-or-anticoagulant-prescribed"
INJECTED_HERE_WASHOUT = "nsaid-injected-here"
VARIANTS = ("-pain", "-pigment")


def check_washouts(mix: Mix, patient: Patient, context: Context) -> Iterator[Finding]:
    """What was too close to this session. A painkiller injected here is no violation; a thinner has its own line."""
    for answer in patient.answers:
        row = _washout_row(answer, context)
        if row is None or answer.washout in (PRESCRIBED_THINNER_WASHOUT, INJECTED_HERE_WASHOUT):
            continue
        if answer.washout == NSAID_WASHOUT and any(makes_bleed(each, mix, context) for each in patient.medicines):
            continue
        days = max(1, row.days_before, *(each.days_before for each in context.washouts if each.slug == answer.washout))
        if answer.days_ago is None or answer.days_ago < days:
            yield _washout(row, answer)


def _washout_row(answer: Answer, context: Context) -> Washout | None:
    """The row of this answer for this treatment: a special one (pain, pigment) before the general one."""
    slugs = [answer.washout + variant for variant in VARIANTS] + [answer.washout]
    rows = {row.slug: row for row in context.washouts if row.slug in slugs and _in_scope(row, answer, context)}
    return next((rows[slug] for slug in slugs if slug in rows), None)


def _in_scope(row: Washout, answer: Answer, context: Context) -> bool:
    """Whether a washout concerns this treatment; a list of names after one word continues that word."""
    if row.scope == "zone":
        return answer.in_treated_zone
    kind = ""
    for token in row.scope.split(";"):
        word, colon, rest = token.partition(":")
        kind, name = (word, rest) if colon else (kind, word)
        if name == "all" or (kind == "domain" and context.domain in ("", name)):
            return True
        if kind == "indication" and name == context.indication:
            return True
        if kind == "region" and name in {zone.region for zone in context.zones}:
            return True
    return False


def _washout(row: Washout, answer: Answer) -> Finding:
    severity = Severity(row.severity)
    when = _("not known when") if answer.days_ago is None else _("%(days)s days ago") % {"days": answer.days_ago}
    return Finding(
        "washout",
        severity,
        (row.slug,),
        _("%(what)s (%(when)s): at least %(days)s days before a session.")
        % {"what": row.slug.replace("-", " ").capitalize(), "when": when, "days": row.days_before}
        if row.days_before
        else _("%(what)s (%(when)s): recorded.") % {"what": row.slug.replace("-", " ").capitalize(), "when": when},
        source=row.source,
        override=Override.PRACTITIONER if severity is Severity.WARN else Override.NONE,
        fix="screening",
    )
