"""Whether a consent stands, and who may sign, countersign and withdraw it."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from common.refused import Refusal
from common.rules import rule
from treatments.models import Consent, ConsentState, PlanState, TreatmentPlan

NEXT = {"patient": ConsentState.PRESENTED, "practitioner": ConsentState.SIGNED}


def standing(plan: TreatmentPlan, on: date) -> tuple[Consent | None, str]:
    """Find the consent under which a plan may go on that day, or the code that says why there is none.

    A consent is outdated as soon as the plan's substances, a substance's version, or the template's words change.
    """
    signed = list(plan.consents.standing(on).latest_first().with_substance())
    if not signed:
        return None, "consent_missing"
    current = next(current_among(signed, plan), None)
    return (current, "") if current else (None, "consent_outdated")


def current_among(consents: Iterable[Consent], plan: TreatmentPlan) -> Iterator[Consent]:
    """Keep the consents that speak of exactly what the plan would inject today, in the words of today."""
    consents, clinic = list(consents), plan.clinic
    slugs = set(plan.plan_ingredients.values_list("ingredient__slug", flat=True))
    now = set(clinic.ingredients.current().filter(slug__in=slugs).values_list("slug", "version"))
    words = [consent.document.template_version_id for consent in consents if consent.document]
    published = set(clinic.template_versions.published().filter(pk__in=words).values_list("pk", flat=True))
    for consent in (each for each in consents if each.document and each.document.template_version_id in published):
        explained = {(each.ingredient.slug, each.ingredient.version) for each in consent.consent_ingredients.all()}
        spoken_of = {slug for slug, _version in explained}
        if now <= explained and spoken_of <= slugs:
            yield consent


def covers(consent: Consent, slugs: Iterable[str]) -> bool:
    """Say whether a consent speaks of every substance of a mix; what only dilutes needs no word of its own."""
    explained = {each.ingredient.slug for each in consent.consent_ingredients.all()}
    beyond = set(slugs) - explained
    return not beyond or not consent.clinic.ingredients.filter(slug__in=beyond, is_diluent=False).exists()


@rule
def present_consent(user: User, plan: TreatmentPlan) -> Iterator[tuple[bool, Refusal]]:
    """A consent is explained while the plan goes on."""
    live = plan.state not in (PlanState.COMPLETED, PlanState.DISCONTINUED)
    yield live, Refusal("wrong_state", _("This plan has ended: there is nothing left to consent to."))


@rule
def sign_consent(
    user: User, consent: Consent, *, role: str, practitioner: Any = None
) -> Iterator[tuple[bool, Refusal]]:
    """The patient signs first, then the practitioner who treats countersigns."""
    url = reverse("treatments:consent_detail", args=[consent.pk])
    yield (
        consent.state != ConsentState.WITHDRAWN,
        Refusal("wrong_state", _("This consent was withdrawn. Present a new one."), url=url),
    )
    if role == "practitioner":
        yield (
            consent.state != ConsentState.PRESENTED,
            Refusal("wrong_state", _("The patient signs first; then the practitioner countersigns."), url=url),
        )
        yield (
            consent.practitioner.membership.user_id == user.pk,
            Refusal("not_allowed", _("Only the practitioner who treats can countersign.")),
        )
    done = consent.state in (ConsentState.COUNTERSIGNED,) or (
        role == "patient" and consent.state == ConsentState.SIGNED
    )
    yield not done, Refusal("already_done", _("This consent is signed already."), url=url)


@rule
def withdraw_consent(user: User, consent: Consent) -> Iterator[tuple[bool, Refusal]]:
    """A consent can be withdrawn at any time, once."""
    withdrawn = consent.state == ConsentState.WITHDRAWN
    yield not withdrawn, Refusal("already_done", _("This consent was withdrawn already."))
