from decimal import Decimal

import pytest

from common.refused import Refused
from formulations.actions import preparations
from tests.factories.treatments import CASE_1, inject, minutes
from treatments.actions import zones
from treatments.models import Zone


def zone(session, slug):
    return session.clinic.zones.current().get(slug=slug)


def record(session, slug="forehead", *, by, **values):
    named = {
        "side": "midline",
        "technique": "papule",
        "depth_mm": Decimal("1.5"),
        "points": 20,
        "ml_per_point": Decimal("0.05"),
    }
    return zones.add_zone(session, zone=zone(session, slug), **{**named, **values}, by=by, at=minutes(10))


def test_sixty_points_of_case_1_are_three_millilitres(mixed_session, practitioner):
    rows = inject(mixed_session, by=practitioner)

    assert sum(row.points for row in rows) == 60
    assert mixed_session.injected_ml_of(rows[0].preparation) == Decimal("3.000")


def test_case_1_delivers_exact_doses(mixed_session, practitioner):
    rows = inject(mixed_session, by=practitioner)

    delivered = {}
    for row in rows:
        for use in row.component_uses.all():
            delivered[use.ingredient.slug] = delivered.get(use.ingredient.slug, 0) + use.dose
    assert delivered["vitamin-c"] == Decimal("150.0000")
    assert delivered["glutathione"] == Decimal("112.5000")


def test_every_use_leads_to_the_movement_of_its_lot(mixed_session, stock, practitioner):
    row = inject(mixed_session, by=practitioner, rows=CASE_1[:1])[0]

    lots = {use.ingredient.slug: use.movement.lot.number for use in row.component_uses.all()}
    assert lots == {
        "vitamin-c": "VC-2411-07",
        "glutathione": "GS-2502-03",
        "sodium-chloride": "NS-2410-61",
    }


def test_both_sides_are_two_rows(mixed_session, practitioner):
    rows = record(mixed_session, "malar", by=practitioner, side="bilateral", points=18)

    assert [(row.ordinal, row.side, row.volume_ml) for row in rows] == [
        (1, "left", Decimal("0.900")),
        (2, "right", Decimal("0.900")),
    ]


def test_a_side_that_the_zone_does_not_have_is_refused(mixed_session, practitioner):
    with pytest.raises(Refused, match="midline"):
        record(mixed_session, by=practitioner, side="left")


def test_no_more_is_injected_than_was_drawn(mixed_session, practitioner):
    with pytest.raises(Refused) as refused:
        record(mixed_session, by=practitioner, points=81)

    assert refused.value.code == "lot_insufficient"


def test_both_sides_together_cannot_take_more_than_was_drawn(mixed_session, practitioner):
    with pytest.raises(Refused):
        record(mixed_session, "malar", by=practitioner, side="bilateral", points=41)

    assert len(record(mixed_session, "malar", by=practitioner, side="bilateral", points=40)) == 2


def test_a_strange_depth_wants_a_reason_which_is_kept(mixed_session, practitioner):
    with pytest.raises(Refused) as refused:
        record(mixed_session, by=practitioner, depth_mm=Decimal("6"))
    record(
        mixed_session,
        by=practitioner,
        depth_mm=Decimal("6"),
        overrides=[{"code": "depth_forbidden", "reason": "Thick skin"}],
    )
    record(mixed_session, "chin", by=practitioner, points=4)

    assert refused.value.code == "depth_forbidden"
    assert mixed_session.findings.get(code="depth_forbidden").reason == "Thick skin"


def test_where_nobody_injects_nothing_is_recorded(mixed_session, practitioner):
    Zone.objects.filter(slug="forehead").update(forbid="hard")

    with pytest.raises(Refused) as refused:
        record(mixed_session, by=practitioner, overrides=[{"code": "zone_forbidden", "reason": "Please"}])

    assert refused.value.code == "zone_forbidden"


def test_dry_mesotherapy_takes_no_mix(screened_session, practitioner):
    row = record(screened_session, by=practitioner, technique="dry", points=None, ml_per_point=None)[0]

    assert (row.volume_ml, row.preparation) == (0, None)


def test_what_was_injected_in_time_can_be_recorded_later(mixed_session, mix, practitioner):
    rows = zones.add_zone(
        mixed_session,
        zone=zone(mixed_session, "forehead"),
        side="midline",
        technique="papule",
        depth_mm=Decimal("1.5"),
        points=20,
        ml_per_point=Decimal("0.05"),
        by=practitioner,
        at=mix.beyond_use_at,
    )

    assert rows[0].volume_ml == 1


def test_a_zone_names_a_volume_or_its_points(mixed_session, practitioner):
    with pytest.raises(Refused, match="number of points"):
        record(mixed_session, by=practitioner, points=None, ml_per_point=None)
    row = record(mixed_session, by=practitioner, points=None, ml_per_point=None, volume_ml=Decimal("0.75"))[0]

    assert row.volume_ml == Decimal("0.75")


def test_a_mix_of_another_session_or_thrown_away_is_not_injected(mixed_session, mix, practitioner):
    preparations.discard(mix, reason="Cloudy", by=practitioner, at=minutes(6))

    with pytest.raises(Refused, match="Prepare the mix first"):
        record(mixed_session, by=practitioner)
    with pytest.raises(Refused, match="not on the tray"):
        record(mixed_session, by=practitioner, preparation=mix)


def test_a_zone_recorded_by_mistake_is_taken_out(mixed_session, practitioner):
    row = record(mixed_session, by=practitioner)[0]

    zones.remove_zone(row, by=practitioner, at=minutes(11))

    assert not mixed_session.zone_applications.exists()


def test_zones_of_an_ended_session_stay_as_they_are(ended_session, practitioner):
    with pytest.raises(Refused, match="has ended"):
        zones.remove_zone(ended_session.zone_applications.first(), by=practitioner, at=minutes(40))
    with pytest.raises(Refused, match="has ended"):
        record(ended_session, by=practitioner)


def test_a_zone_is_recorded_on_the_version_that_was_seen(mixed_session, practitioner):
    with pytest.raises(Refused) as refused:
        record(mixed_session, by=practitioner, revision=1)

    assert refused.value.code == "stale_revision"
