"""The audit trail as a list that can leave the house: the lines of the page, in the same words."""

import json

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Permission
from accounts.models import Kind
from patients.access import names_in
from reports.tables.kinds import WORDS, choices
from reports.tables.listed import Listed
from reports.tables.sheets import DAYS, Asked, Column, Filter, Report, Sheet

SORTS = {
    "seen": (gettext_lazy("Who saw"), "e.kind = 'chart.viewed'"),
    "changed": (
        gettext_lazy("Who changed"),
        "e.kind NOT IN ('chart.viewed', 'access.denied', 'report.exported', 'export.taken')",
    ),
    "refused": (gettext_lazy("Who was refused"), "e.kind = 'access.denied'"),
    "taken": (gettext_lazy("Who took figures out"), "e.kind IN ('report.exported', 'export.taken')"),
}
SORT = Filter(
    "sort", gettext_lazy("Sort"), lambda clinic: [(k, label) for k, (label, _sql) in SORTS.items()], gettext_lazy("All")
)
KIND = Filter("kind", gettext_lazy("What"), lambda clinic: choices(), gettext_lazy("Everything"))
PERSON = Filter(
    "person",
    gettext_lazy("Who"),
    lambda clinic: sorted(names_in(clinic).items(), key=lambda pair: pair[1]),
    gettext_lazy("Everybody"),
    is_number=True,
    hidden_from_own=True,
)
ROWS = """
SELECT e.at, coalesce(%(people)s::jsonb ->> e.actor_id::text, %(sorts_of_people)s::jsonb ->> u.kind, %(nobody)s) AS who,
    coalesce(%(words)s::jsonb ->> e.kind,
        upper(left(e.kind, 1)) || translate(substr(e.kind, 2), '._', '  ')) AS what,
    coalesce(p.number, '') AS patient_number,
    CASE WHEN split_part(e.subject_kind, '.', 2) IN ('', 'patient', 'clinic') THEN ''
        ELSE coalesce(%(nouns)s::jsonb ->> e.subject_kind, split_part(e.subject_kind, '.', 2))
            || ' ' || coalesce(e.subject_id::text, 'None') END AS about,
    coalesce((SELECT string_agg(replace(regexp_replace(each, '^.*:', ''), '_', ' '), ', ' ORDER BY place)
        FROM jsonb_array_elements_text(e.fields) WITH ORDINALITY AS x(each, place)), '') AS details,
    e.reason, e.seq
FROM audit_event e
LEFT JOIN accounts_user u ON u.id = e.actor_id
LEFT JOIN patients_patient p ON p.id = e.patient_id AND p.clinic_id = %(clinic)s
WHERE e.chain = %(clinic)s
"""
WHEN = {
    "own": "e.actor_id = %(own)s",
    "person": "e.actor_id = %(person)s",
    "kind": "e.kind = %(kind)s",
    "since": "e.at >= %(since)s::timestamp AT TIME ZONE %(zone)s",
    "until": "e.at < (%(until)s::date + 1)::timestamp AT TIME ZONE %(zone)s",
}
COLUMNS = (
    Column("at", gettext_lazy("When"), "moment"),
    Column("who", gettext_lazy("Who")),
    Column("what", gettext_lazy("What")),
    Column("patient_number", gettext_lazy("Patient"), "code"),
    Column("about", gettext_lazy("About")),
    Column("details", gettext_lazy("Details")),
    Column("reason", gettext_lazy("Reason")),
    Column("seq", gettext_lazy("No."), "count"),
)


def sheet(question: Asked) -> Sheet:
    """List what was done, seen and refused, newest first; whoever sees only their own acts asks for nobody else's."""
    chosen = dict(question.chosen)
    given = {**question.parameters, **words_for(question), "kind": chosen.get("kind"), "person": chosen.get("person")}
    if question.own:
        given["person"] = None
    words = [text for name, text in WHEN.items() if given.get(name) is not None]
    if chosen.get("sort"):
        words.append(SORTS[chosen["sort"]][1])
    return Sheet(Listed(COLUMNS, " AND ".join([ROWS, *words]), given, order="seq DESC"))


def words_for(question: Asked) -> dict[str, str]:
    """Give the words of people, kinds and things in the reader's language, as the query looks them up."""
    nouns = {model._meta.label_lower: str(model._meta.verbose_name) for model in apps.get_models()}
    outside = {Kind.PATIENT: _("a patient"), Kind.SYSTEM: _("the system"), Kind.STAFF: _("somebody from elsewhere")}
    return {
        "people": json.dumps(names_in(question.clinic)),
        "sorts_of_people": json.dumps(outside),
        "nobody": _("not known yet"),
        "words": json.dumps({kind: str(words) for kind, words in WORDS.items()}),
        "nouns": json.dumps(nouns),
    }


TRAIL = Report(
    name="audit",
    title=gettext_lazy("Audit trail"),
    lead=gettext_lazy("Who did, saw or was refused what in this clinic. It can be added to, never changed."),
    columns=COLUMNS,
    filters=(*DAYS, SORT, KIND, PERSON),
    sheet=sheet,
    permission=Permission.VIEW_AUDIT,
    icon="scroll-text",
    is_shown=False,
)
