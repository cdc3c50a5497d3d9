"""The other half of a draft: what is saved need not be kept, and the window that typed it is told so."""

from django.utils import timezone

from patients.actions import drafts
from treatments.tables.drafts import marks, seal_of, subject_of, typed

DONE = "drafts_done"
MOST_DONE = 40


def saved(request, session, step):
    """Let the draft of a step go once the step is saved; the form that was sent is remembered by its key."""
    key = f"{subject_of(session)}:{step}"
    drafts.drop(session.clinic, key=key, by=request.user, at=timezone.now())
    done = [each for each in request.session.get(DONE, []) if each[0] != key]
    request.session[DONE] = [*done, [key, request.POST.get("idempotency_key", "")]][-MOST_DONE:]


def closed(request, session):
    """Let all drafts of a session go that one has typed, once one has closed it."""
    drafts.drop_about(session.clinic, subject=subject_of(session), by=request.user, at=timezone.now())


def drafting(request, session):
    """Give what the forms of a page need to keep what is typed into them."""
    return {
        "subject": subject_of(session),
        "typed": typed(session, request.user),
        "marks": marks(session),
        "done": dict(request.session.get(DONE, [])),
        "seal": seal_of(request.user),
        "user": request.user.pk,
    }
