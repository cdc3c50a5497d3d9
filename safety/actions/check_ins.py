"""The patient's short answer some days after a session: all is well."""

from datetime import datetime

from accounts.models import User
from audit.actions import audited
from safety.models import CheckIn
from safety.rules import check_ins as rules
from treatments.models import TreatmentSession


@audited("check_in.answered")
def answer(session: TreatmentSession, *, day: int, by: User, at: datetime) -> CheckIn:
    """Write down that all is well; said twice, it stands once. A trouble is told as a side effect instead."""
    session = TreatmentSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
    rules.answer.check(by, session, day=day, at=at)
    said = session.check_ins.filter(day=day).first()
    return said or CheckIn.objects.create(clinic_id=session.clinic_id, session=session, day=day, at=at, by=by)
