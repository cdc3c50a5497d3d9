"""Who may put somebody on a patient's team."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from common.refused import Refusal
from common.rules import rule
from patients.models import Patient

Clauses = Iterator[tuple[bool, Refusal]]


@rule
def name(user: Any, patient: Patient, *, membership: Any) -> Clauses:
    """A colleague is put on the team by somebody else: nobody opens a chart to themselves this way."""
    yield (
        membership.user_id != user.pk,
        Refusal(
            "not_allowed", _("Ask a colleague to put you on the team, or open the chart as an emergency with a reason.")
        ),
    )
    yield membership.is_active, Refusal("wrong_state", _("This colleague no longer works here."))
