"""How statements, tasks and events are put into words."""

from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.decimals import plain
from patients import synonyms
from patients.actions.statements import known_to
from patients.forms.patients import ROMAN
from patients.models import CLINICIAN, Allergy, Condition, Medicine, StatementSource, StatementState, Task
from patients.templatetags.charts import TABS

register = template.Library()

PILLS = {
    StatementState.UNREVIEWED: {"tone": "warn", "icon": "circle-help"},
    StatementState.CONFIRMED: {"tone": "ok", "icon": "circle-check"},
    StatementState.REFUTED: {"tone": "plain", "icon": "circle-x"},
    StatementState.ENDED: {"tone": "plain", "icon": "circle-slash"},
}


@register.filter
def title(statement: Any) -> str:
    """Say a statement in one phrase."""
    if hasattr(statement, "kg"):
        return f"{plain(statement.kg)} kg"
    if isinstance(statement, Medicine) and statement.dose:
        return f"{statement.name}, {statement.dose}"
    return str(statement.name)


@register.filter
def pill(statement: Any) -> dict[str, str]:
    """Say where a statement stands."""
    return {**PILLS[StatementState(statement.state)], "label": StatementState(statement.state).label}


@register.filter
def stands_for(statement: Any) -> str:
    """Name what the checks understand by a statement."""
    if isinstance(statement, Condition):
        slugs = [statement.slug] if statement.slug else []
    else:
        slugs = getattr(statement, "allergens", None) or getattr(statement, "classes", None) or []
    known = known_to(type(statement))
    return ", ".join(known.get(slug, slug) for slug in slugs)


@register.filter
def question(statement: Any) -> str:
    """Ask what a name leaves open: which of two medicines, what exactly an injection was."""
    if isinstance(statement, Medicine):
        derived = synonyms.medicine(statement.name)
        if set(derived.slugs) - set(statement.classes):  # a clinician has said which
            return ""
        choices = [choice.replace("(", " (") for choice in derived.choices]
        return _("Which one: %(choices)s?") % {"choices": _(" or ").join(choices)} if choices else ""
    if isinstance(statement, Allergy):
        derived = synonyms.allergy(statement.name)
        if set(statement.allergens) != set(derived.slugs) or (statement.checked and "ask" not in derived.note):
            return ""
        return derived.note
    return ""


@register.filter
def standing(statements: Any) -> list[Any]:
    """Keep what the checks heed."""
    return [statement for statement in statements if statement.is_counting]


@register.filter
def past(statements: Any) -> list[Any]:
    """Keep what was refuted or has ended."""
    return [statement for statement in statements if not statement.is_counting]


@register.filter
def roman(number: int) -> str:
    """Write a skin phototype the way it is written: IV."""
    return ROMAN[number - 1]


@register.filter
def said_by(statement: Any) -> str:
    """Say who stated it."""
    if statement.source == StatementSource.PATIENT:
        return str(_("the patient"))
    return str(statement.stated_by)


@register.filter
def acts(statement: Any) -> list[dict[str, str]]:
    """Give what a clinician may do with a statement from where it stands."""
    if not statement.is_counting:
        return [{"act": "confirm", "label": _("It is so after all")}]
    found = {
        StatementState.UNREVIEWED: ["confirm", "refute", "end"],
        StatementState.CONFIRMED: ["end", "refute"],
    }[StatementState(statement.state)]
    if not getattr(statement, "checked", True) or question(statement):
        found = [*found, "identify"]
    return [{"act": act, "label": ACTS[act]} for act in found]


ACTS = {
    "confirm": gettext_lazy("Confirm"),
    "refute": gettext_lazy("Not so"),
    "end": gettext_lazy("Ended"),
    "identify": gettext_lazy("Say what it is"),
}


@register.filter
def meant_for(task: Task) -> str:
    """Say who is to do a task."""
    if task.assignee_id:
        return str(task.assignee.user)
    words = {"": _("Everybody"), CLINICIAN: _("Nurses and practitioners"), "owner": _("Owner"), "nurse": _("Nurses"),
             "practitioner": _("Practitioners"), "front_desk": _("Front desk"), "auditor": _("Auditors")}  # fmt: skip
    return str(words.get(task.role, task.role))


@register.filter
def event_words(event: Any) -> str:
    """Say an event of the trail in words."""
    words = event.kind.replace(".", " ").replace("_", " ")
    return words[:1].upper() + words[1:]


PAGES = {
    "patients:statement_settle": gettext_lazy("History"),
    "patients:statement_state": gettext_lazy("History"),
    "patients:portal_invite": gettext_lazy("Portal"),
    "api:patient": gettext_lazy("Overview"),
    "api:statements": gettext_lazy("History"),
}


@register.filter
def event_pages(event: Any) -> str:
    """Name the pages or fields that an event speaks of."""
    labels = {name: str(tab.label) for tab in TABS for name in tab.url_names} | PAGES
    return ", ".join(str(labels.get(name, "")) or name.rpartition(":")[2].replace("_", " ") for name in event.fields)


@register.filter
def act_label(act: str) -> str:
    """Say in words what is done with a statement."""
    return str(ACTS[act])


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """Look something up in a mapping."""
    return mapping.get(key, "")
