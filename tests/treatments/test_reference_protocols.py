"""Protocols, zones and policy are whole, and every plan they propose can be drawn."""

from datetime import date

import pytest

from formulations import reference as catalogue
from patients import reference as words
from treatments import dates, reference, scores

SUBSTANCES = {row.slug for row in catalogue.ingredients()}
ZONES = {row.slug: row for row in reference.zones()}
TECHNIQUES = {
    "intraepidermal", "papule", "nappage", "point-by-point", "deep-intradermal", "hypodermic",
    "linear-retrograde", "dry",
}  # fmt: skip


def test_nothing_is_missing():
    counts = (len(reference.protocols()), len(ZONES), len(reference.condition_policies()), len(reference.washouts()))
    assert counts == (27, 56, 91, 18)


@pytest.mark.parametrize("row", reference.protocols(), ids=lambda row: row.slug)
def test_a_protocol_can_be_planned(row):
    phases = dates.parse_phases(row.phases)
    assert dates.total_sessions(phases) == row.default_sessions
    assert 3 <= row.min_sessions <= row.default_sessions <= row.max_sessions <= 15
    is_open = dates.open_days(["sunday"])
    planned = dates.plan_dates(date(2025, 2, 3), phases, is_open=is_open, hard_min_days=row.hard_min_days)
    assert len(planned) == row.default_sessions
    assert dates.parse_phases(dates.format_phases(phases)) == phases


@pytest.mark.parametrize("row", reference.protocols(), ids=lambda row: row.slug)
def test_a_protocol_speaks_only_in_known_words(row):
    assert set(row.typical_ingredients) <= SUBSTANCES
    assert set(row.technique) <= TECHNIQUES
    assert set(row.outcome_measures) - {"photo"} <= scores.MEASURES.keys()
    assert row.domain in {"aesthetic", "pain", "vascular"}
    assert row.depth_min_mm <= row.depth_max_mm
    assert row.evidence_note
    assert "43 percent" not in row.evidence_note
    assert "43%" not in row.evidence_note


def test_only_labelled_products_have_a_hard_minimum():
    assert {row.slug: row.hard_min_days for row in reference.protocols() if row.hard_min_days} == {
        "submental-dca-4": 30,
        "cellulite-collagenase-3": 21,
    }


def test_zones_know_their_sides():
    for zone in ZONES.values():
        assert set(zone.sides) <= {"left", "right", "midline", "na"}
        assert (zone.region == "no-inject") == bool(zone.forbid)
        assert "bilateral" not in zone.sides


def test_policy_speaks_of_conditions_places_and_substances_that_exist():
    conditions = {row.slug for row in words.conditions()}
    known = {
        "class": {row.substance_class for row in catalogue.ingredients()},
        "indication": {row.slug for row in catalogue.indications()},
        "domain": {"aesthetic", "pain", "vascular"},
        "zone": set(ZONES),
    }
    for row in reference.condition_policies():
        assert row.slug in conditions
        assert (row.severity, row.scope, row.override) in {
            (severity, scope, override)
            for severity in ("block", "warn")
            for scope in ("plan", "ingredient")
            for override in ("none", "practitioner", "director")
        }
        for token in row.applies_to:
            kind, colon, name = token.partition(":")
            assert name in known[kind] if colon else token in {"all", "other", *SUBSTANCES}


def test_rows_of_one_condition_are_told_apart():
    keys = [(row.slug, row.number) for row in reference.condition_policies()]
    assert len(set(keys)) == len(keys)
    assert ("pregnancy", 2) in keys
