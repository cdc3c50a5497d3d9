"""Who may settle what was stated about a patient's health."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from accounts.access import Permission, may
from common.refused import Refusal
from common.rules import rule
from patients.access import member_of
from patients.models import STATEMENT_TRANSITIONS, Statement, StatementState

Clauses = Iterator[tuple[bool, Refusal]]


@rule
def review(user: Any, statement: Statement, *, to: str) -> Clauses:
    """A clinician of the clinic confirms, refutes or ends a statement, from where it stands."""
    yield (
        may(member_of(statement.clinic, user), Permission.EDIT_HISTORY),
        Refusal("not_allowed", _("Only a nurse or a practitioner settles what was stated.")),
    )
    yield (
        to != statement.state,
        Refusal(
            "already_done",
            _("This already stands as: %(state)s.") % {"state": StatementState(statement.state).label},
        ),
    )
    yield (
        to == statement.state or to in STATEMENT_TRANSITIONS[statement.state],
        Refusal(
            "wrong_state",
            _("What stands as “%(state)s” cannot become that.") % {"state": StatementState(statement.state).label},
        ),
    )


@rule
def identify(user: Any, statement: Statement, *, slugs: Any, known: Any) -> Clauses:
    """A clinician says what a name stands for, in words that the checks understand."""
    yield (
        may(member_of(statement.clinic, user), Permission.EDIT_HISTORY),
        Refusal("not_allowed", _("Only a nurse or a practitioner settles what was stated.")),
    )
    unknown = sorted(set(slugs) - set(known))
    yield (
        not unknown,
        Refusal("invalid", _("The checks do not know: %(slugs)s.") % {"slugs": ", ".join(unknown)}),
    )
