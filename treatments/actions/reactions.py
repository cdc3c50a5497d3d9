"""What was seen on the patient before they left."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import audited
from common.refused import Refused
from treatments.models import ImmediateReaction, ReactionEffect, TreatmentSession
from treatments.rules import sessions as rules


@audited("session.reaction_recorded")
def record(
    session: TreatmentSession,
    *,
    none_observed: bool = False,
    effects: Iterable[Mapping[str, Any]] = (),
    pain: int | None = None,
    note: str = "",
    by: User,
    at: datetime,
) -> ImmediateReaction:
    """Write down what was seen before the patient left; that nothing was seen is an answer of its own."""
    rules.write_session.check(by, session, at=at)
    seen = list(effects)
    if none_observed == bool(seen):
        raise Refused("invalid", _("Choose “none observed”, or name what was seen with its grade."))
    reaction, _created = ImmediateReaction.objects.update_or_create(
        clinic=session.clinic,
        session=session,
        defaults={"none_observed": none_observed, "pain": pain, "note": note, "recorded_at": at, "recorded_by": by},
    )
    reaction.effects.all().delete()
    ReactionEffect.objects.bulk_create(_effect(reaction, each) for each in seen)
    return reaction


def _effect(reaction: ImmediateReaction, seen: Mapping[str, Any]) -> ReactionEffect:
    effect = seen["effect"]
    if isinstance(effect, str):
        named = reaction.clinic.effects.current().filter(slug=effect).first()
        if named is None:
            raise Refused("invalid", _("“%(effect)s” is not in the list of side effects.") % {"effect": effect})
        effect = named
    return ReactionEffect(
        clinic=reaction.clinic, reaction=reaction, effect=effect, grade=seen["grade"], note=seen.get("note", "")
    )
