"""What every table must say of itself, and what the database must hold for it."""

import ast
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader

from common.constraints import SameOwner
from common.natures import Nature, Retention
from patients.models import PatientKey
from tests.factories.sources import ROOMS, modules, tree

OWN = [
    model
    for model in apps.get_models()
    if model._meta.app_label in ROOMS and not model._meta.proxy and not hasattr(model, "pgh_tracked_model")
]
OWNED = [model for model in OWN if any(field.name == "clinic" for field in model._meta.fields)]


def label(model: Any) -> str:
    return str(model._meta.label)


@pytest.mark.parametrize("model", OWN, ids=label)
def test_every_table_declares_its_nature(model):
    assert isinstance(getattr(model, "nature", None), Nature)
    columns = {field.name for field in model._meta.get_fields()}
    assert set(model.nature.personal) <= columns


# Tables of the record without a row history, and why that loses nothing.
WRITTEN_ONCE = {
    "formulations.PreparationComponent",
    "formulations.PreparationSubstance",
    "treatments.ConsentIngredient",
    "treatments.PlanIngredient",
    "treatments.SessionFinding",
    "treatments.SessionDocument",
    "treatments.SessionPreparation",
    "treatments.ComponentUse",
    "treatments.Declined",
    "patients.PatientsMerge",
    "patients.EmergencyAccess",
    "safety.Suspect",
}
STEPS_ARE_EVENTS = {
    "documents.Document",
    "messaging.Message",
    "messaging.OptOut",
    "patients.Task",
    "patients.ReceivedFile",
}


@pytest.mark.parametrize("model", OWN, ids=label)
def test_rows_that_are_kept_as_a_record_keep_their_history(model):
    if model._meta.label in WRITTEN_ONCE | STEPS_ARE_EVENTS:
        assert not tracked(model), "it has a history now: take it off the list"
    elif model.nature.retention is Retention.RECORD and not model.nature.append_only:
        assert tracked(model)


def tracked(model: Any) -> bool:
    return any(getattr(other, "pgh_tracked_model", None) is model for other in apps.get_models() if other is not model)


@pytest.mark.parametrize("model", OWNED, ids=label)
def test_a_relation_within_a_clinic_is_held_there_by_a_second_key(model):
    doubled = {constraint.field for constraint in model._meta.constraints if isinstance(constraint, SameOwner)}
    within = {
        field.name
        for field in model._meta.fields
        if (field.many_to_one or field.one_to_one)
        and field.name not in ("clinic", "id")
        and any(other.name == "clinic" for other in field.related_model._meta.fields)
        and not field.remote_field.parent_link
    }
    assert within - doubled == set()


@pytest.mark.parametrize("model", OWNED, ids=label)
def test_what_is_unique_is_unique_within_a_clinic(model):
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and constraint.fields:
            first = constraint.fields[0]
            field = model._meta.get_field(first)
            assert first == "clinic" or field.one_to_one or field.many_to_one, constraint.name


@pytest.mark.parametrize("model", OWN, ids=label)
def test_nothing_is_deleted_by_the_way(model):
    for field in model._meta.fields:
        if field.many_to_one or field.one_to_one:
            assert field.remote_field.on_delete in (models.PROTECT, models.DO_NOTHING, models.RESTRICT), field


@pytest.mark.parametrize("model", OWN, ids=label)
def test_a_relation_to_a_patient_says_what_merging_and_erasing_do(model):
    for field in model._meta.fields:
        if (
            field.related_model
            and field.related_model._meta.label == "patients.Patient"
            and field.name != "merged_into"
        ):
            assert isinstance(field, PatientKey), field


@pytest.mark.parametrize("model", OWN, ids=label)
def test_a_fact_that_a_person_caused_names_the_person(model):
    names = {field.name for field in model._meta.fields}
    people = {name[:-3] for name in names if name.endswith("_by")}
    moments = {name for name in names if name.endswith(("_at", "_on")) or name == "at"}
    assert not people or moments


@pytest.mark.parametrize("model", OWN, ids=label)
def test_no_table_sorts_itself(model):
    assert not model._meta.ordering


def test_no_model_overrides_how_it_is_saved():
    overriding = [
        f"{path}:{node.lineno} {found.name}.{node.name}"
        for app in ROOMS
        for path in modules(f"{app}/models")
        for found in ast.walk(tree(path))
        if isinstance(found, ast.ClassDef)
        for node in found.body
        if isinstance(node, ast.FunctionDef) and node.name in ("save", "delete")
    ]
    assert overriding == []


def test_migrations_have_one_leaf_each():
    loader = MigrationLoader(None)
    assert loader.detect_conflicts() == {}
    assert {app for app in ROOMS if len(loader.graph.leaf_nodes(app)) > 1} == set()


@pytest.mark.django_db
def test_no_table_is_the_application_s_own_and_none_can_be_emptied_by_it():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace "
            "AND (pg_get_userbyid(c.relowner) = current_user OR has_table_privilege(c.oid, 'TRUNCATE'))"
        )
        assert cursor.fetchall() == []


@pytest.mark.django_db
def test_history_and_audit_only_grow():
    grown = [model._meta.db_table for model in apps.get_models() if hasattr(model, "pgh_tracked_model")]
    grown += [model._meta.db_table for model in OWN if model._meta.app_label == "audit" and model.nature.append_only]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t FROM unnest(%s) t WHERE has_table_privilege(t, 'UPDATE') OR has_table_privilege(t, 'DELETE')",
            [grown],
        )
        assert cursor.fetchall() == []
