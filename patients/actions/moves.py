"""What a merge moves, and how each move is noted so that it can be taken back."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Max, Q
from django.utils.translation import gettext as _

from common.refused import Refused
from patients.actions import portal
from patients.models import ContactConsent, MergeMove, Patient, PatientsMerge
from patients.relations import Place, Single, moving, place_of, singles, torn

TAKEN = frozenset(
    {
        "given_name",
        "family_name",
        "preferred_name",
        "born_on",
        "sex",
        "gender",
        "pronouns",
        "phototype",
        "language",
        "email",
        "phone",
        "address_line_1",
        "address_line_2",
        "postal_code",
        "city",
        "region",
        "country",
        "national_number",
    }
)
OWN = ("former_names", "former_numbers", "is_restricted")
FILES, MERGED_INTO = Patient._meta.db_table, "merged_into_id"


def snapshot(into: Patient) -> int:
    """Write the file that stays into its history as it is now, and say where it stands there."""
    into.revision += 1
    into.save(update_fields=["revision"])
    return int(into.events.latest("pgh_id").pgh_id)  # type: ignore[attr-defined]


def apply(merge: PatientsMerge, taking: Iterable[str]) -> None:
    """Move every row of the duplicate, and take the values that were chosen."""
    duplicate, into = merge.from_patient, merge.to_patient
    _end_stale_consents(merge)
    for place in moving():
        left = _end_doubles(merge, place)
        ids = list(place.rows(duplicate).exclude(pk__in=left).values_list("pk", flat=True))
        place.model._base_manager.filter(pk__in=ids).update(**{place.field.attname: into.pk})
        _note(merge, place.table, place.column, ids)
    earlier = list(duplicate.merged_from.values_list("pk", flat=True))
    Patient.objects.filter(pk__in=earlier).update(merged_into=into)
    _note(merge, FILES, MERGED_INTO, earlier)
    _take(merge, taking)
    portal.call_by_name(into)


def _note(merge: PatientsMerge, table: str, column: str, ids: Iterable[int]) -> None:
    MergeMove.objects.bulk_create(
        MergeMove(clinic_id=merge.clinic_id, merge=merge, table=table, column=column, row_id=pk) for pk in ids
    )


def _end_doubles(merge: PatientsMerge, place: Place) -> set[int]:
    """End what stands in both files and may stand once; give the rows that cannot end and therefore stay behind."""
    left: set[int] = set()
    for single in singles(place):
        ids = list(single.doubled(merge.from_patient, merge.to_patient).values_list("pk", flat=True))
        if single.ends:
            _end(merge, place, single.ends, ids)
        else:
            left.update(ids)
    return left


def _end(merge: PatientsMerge, place: Place, column: str, ids: list[int]) -> None:
    who = f"{column.removesuffix('_at')}_by"
    place.model._base_manager.filter(pk__in=ids).update(**{column: merge.merged_at, who: merge.merged_by})
    _note(merge, place.table, column, ids)


def _end_stale_consents(merge: PatientsMerge) -> None:
    """A permission that was taken back later in the other file does not stand: the last word counts."""
    table = ContactConsent._meta.db_table
    both = ContactConsent.objects.filter(patient__in=[merge.from_patient, merge.to_patient])
    by_merge = MergeMove.objects.filter(clinic=merge.clinic_id, table=table, column="withdrawn_at")
    said = both.exclude(pk__in=by_merge.filter(merge__undone_at=None).values("row_id"))
    ended = said.values_list("channel", "purpose").annotate(last=Max("withdrawn_at")).order_by()
    stale = Q(pk__in=[])
    for channel, purpose, last in ended:
        if last:
            stale |= Q(channel=channel, purpose=purpose, given_at__lt=last)
    if place := place_of(table, "patient_id"):
        _end(merge, place, "withdrawn_at", list(both.standing().filter(stale).values_list("pk", flat=True)))


def _take(merge: PatientsMerge, taking: Iterable[str]) -> None:
    into, duplicate = merge.to_patient, merge.from_patient
    names = {each.full_name for each in (into, duplicate)}
    values: dict[str, Any] = {name: getattr(duplicate, name) for name in taking}
    kept = {name: values.get(name, getattr(into, name)) for name in ("given_name", "family_name")}
    also = sorted({*names, *duplicate.former_names} - {f"{kept['given_name']} {kept['family_name']}".strip()})
    values["former_names"] = [*into.former_names, *(name for name in also if name not in into.former_names)]
    values["former_numbers"] = [*into.former_numbers, duplicate.number, *duplicate.former_numbers]
    values["is_restricted"] = into.is_restricted or duplicate.is_restricted
    changed = [name for name, value in values.items() if getattr(into, name) != value]
    for name in changed:
        setattr(into, name, values[name])
    into.save(update_fields=changed)
    for name in changed:
        _note(merge, FILES, name, [into.pk])


def take_back(merge: PatientsMerge) -> None:
    """Undo every noted move that nobody has changed since: first the rows go home, then what was ended begins again."""
    noted: dict[tuple[str, str], list[int]] = {}
    for table, column, pk in merge.moves.values_list("table", "column", "row_id"):
        noted.setdefault((table, column), []).append(pk)
    earlier = noted.pop((FILES, MERGED_INTO), [])
    Patient.objects.filter(pk__in=earlier, merged_into=merge.to_patient).update(merged_into=merge.from_patient)
    for place in moving():
        rows = place.rows(merge.to_patient).filter(pk__in=noted.pop((place.table, place.column), []))
        rows.update(**{place.field.attname: merge.from_patient_id})
    places = {place.table: place for place in moving()}
    for (table, column), ids in noted.items():
        if table != FILES:
            _begin_again(places[table], column, ids, merge.merged_at)
    _put_back(merge, [column for table, column in noted if table == FILES])
    for patient in (merge.to_patient, merge.from_patient):
        portal.call_by_name(patient)


def _begin_again(place: Place, column: str, ids: list[int], ended_at: datetime) -> None:
    who = f"{column.removesuffix('_at')}_by"
    place.model._base_manager.filter(pk__in=ids, **{column: ended_at}).update(**{column: None, who: None})


def _put_back(merge: PatientsMerge, columns: list[str]) -> None:
    """Give the file that stayed its values back, where nobody has corrected them since."""
    into = merge.to_patient
    history = into.events.filter(pgh_id__gte=merge.snapshot).order_by("pgh_id")  # type: ignore[attr-defined]
    before, after = history[0], history[1]
    changed = [name for name in columns if getattr(into, name) == getattr(after, name)]
    for name in changed:
        setattr(into, name, getattr(before, name))
    gone = {merge.from_patient.number, *merge.from_patient.former_numbers}
    into.former_numbers = [number for number in into.former_numbers if number not in gone]
    into.revision += 1
    into.save(update_fields=sorted({*changed, "former_numbers", "revision"}))


def insist_whole(into: Patient) -> None:
    """Refuse to tear apart what has grown together since: a session of a plan that would go back, say."""
    broken = [
        _("%(count)s × %(what)s") % {"count": count, "what": model._meta.verbose_name} for model, count in torn(into)
    ]
    if broken:
        sentence = _("Since the merge, things were added to what would go back (%(what)s). Settle these first.")
        raise Refused("added_since", sentence % {"what": ", ".join(broken)})


def doubles_of(place: Place, duplicate: Patient, into: Patient) -> list[tuple[Single, int]]:
    """Count what stands in both files and may stand once."""
    return [(single, single.doubled(duplicate, into).count()) for single in singles(place)]
