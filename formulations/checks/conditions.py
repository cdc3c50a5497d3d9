"""Conditions: severity, override and place come from the clinic's policy, never from a list alone."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from formulations.checks.charts import Condition, Patient
from formulations.checks.contexts import ConditionPolicy, Context
from formulations.checks.findings import Finding, Override, Severity, acting, hardest
from formulations.checks.mixes import Mix, Substance, joined
from formulations.checks.pairs import substance_meets

ADULT_YEARS = 18
REFERRED = frozenset({"body-dysmorphic-concern"})


def check_conditions(mix: Mix, patient: Patient, context: Context) -> Iterator[Finding]:
    """What the clinic's policy says of each condition, in one line; a condition without a policy is never silent."""
    conditions = list(patient.conditions)
    if patient.age_years is not None and patient.age_years < ADULT_YEARS:
        conditions.append(Condition("under-18", _("Under 18 years")))
    for condition in {each.slug: each for each in conditions if each.known}.values():
        rows = [row for row in context.policies if row.slug == condition.slug]
        listing = [substance for substance in mix.substances if condition.slug in substance.conditions]
        if not rows and listing:
            yield _unwritten(condition, listing)
        read = ((row, _met_by(row, rows, listing, context)) for row in rows)
        met = [(row, subjects) for row, subjects in read if subjects is not None]
        if met:
            yield _condition(condition, met)


def _met_by(
    row: ConditionPolicy, rows: list[ConditionPolicy], listing: list[Substance], context: Context
) -> list[Substance] | None:
    """The substances a policy row speaks of here; none for a row about any plan; None when it does not apply."""
    if row.scope != "ingredient":
        return [] if any(_place(word, context) for word in row.applies_to) else None
    found = [substance for substance in listing if _applies(row, rows, substance, context)]
    return found or None


def _applies(row: ConditionPolicy, rows: list[ConditionPolicy], substance: Substance, context: Context) -> bool:
    if "other" in row.applies_to:
        return not any(_applies(each, [], substance, context) for each in rows if each is not row)
    return any(_place(word, context) or substance_meets(word, substance) for word in row.applies_to)


def _place(word: str, context: Context) -> bool:
    """Whether a word speaks of this treatment: all, its domain (an unknown one meets any), indication or zone."""
    kind, _colon, name = word.partition(":")
    if kind == "domain":
        return context.domain in ("", name)
    if kind == "zone":
        return name in {zone.slug for zone in context.zones}
    return word == "all" or (kind == "indication" and name == context.indication)


def policy_severity(row: ConditionPolicy) -> Severity:
    """How hard a policy row acts today; one that nobody may override acts at once."""
    return acting(row.severity, row.source, signed=row.signed, at_once=row.override == Override.NONE)


def _condition(condition: Condition, met: list[tuple[ConditionPolicy, list[Substance]]]) -> Finding:
    severity = hardest(policy_severity(row) for row, _subjects in met)
    row = next(row for row, _subjects in met if policy_severity(row) is severity)
    substances = list({each.slug: each for _row, subjects in met for each in subjects}.values())
    softened = row.severity == Severity.BLOCK and severity is not Severity.BLOCK
    values = {"condition": condition.label, "names": joined(each.short for each in substances)}
    return Finding(
        "referral_needed" if condition.slug in REFERRED else "contraindication",
        severity,
        (*(each.slug for each in substances), condition.slug),
        _condition_sentence(condition, severity, bool(substances)) % values,
        source=row.source,
        override=Override.PRACTITIONER if softened else Override(row.override),
        fix="recipe" if substances else "",
    )


def _condition_sentence(condition: Condition, severity: Severity, has_substances: bool) -> str:
    if condition.slug in REFERRED:
        return _("%(condition)s: refer the patient for a conversation before treating.")
    if severity is Severity.BLOCK:
        if has_substances:
            return _("%(condition)s rules out %(names)s.")
        return _("%(condition)s rules out this treatment.")
    if has_substances:
        return _("%(condition)s: decide whether %(names)s suits this patient.")
    return _("%(condition)s: decide whether this treatment suits the patient.")


def _unwritten(condition: Condition, listing: list[Substance]) -> Finding:
    return Finding(
        "contraindication",
        Severity.WARN,
        (*(substance.slug for substance in listing), condition.slug),
        _("%(condition)s is listed for %(names)s, and the clinic has no policy for it.")
        % {"condition": condition.label, "names": joined(substance.short for substance in listing)},
        source=_("catalogue of substances"),
        override=Override.PRACTITIONER,
        fix="policy",
    )
