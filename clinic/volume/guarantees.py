"""What triggers guarantee row by row, asked of a whole database: each query finds what must not be there."""

from collections.abc import Iterator
from typing import Any

GUARANTEES = {
    "the balance of a lot is the sum of its movements": """
        SELECT FROM formulations_lot l WHERE l.balance <> (
            SELECT coalesce(sum(quantity), 0) FROM formulations_stockmovement m WHERE m.lot_id = l.id)""",
    "what is left in a pack follows from its movements": """
        SELECT FROM formulations_pack p LEFT JOIN (
            SELECT pack_id, sum(quantity) AS moved FROM formulations_stockmovement GROUP BY pack_id
        ) m ON m.pack_id = p.id WHERE p."left" <> p.volume + coalesce(m.moved, 0)""",
    "a lot is not drawn from before it came or after it expired": """
        SELECT FROM formulations_stockmovement m JOIN formulations_lot l ON l.id = m.lot_id
        WHERE m.kind = 'draw' AND (m.at < l.received_at OR m.at::date > l.expires_on)""",
    "a pack is of the lot of its movements and drawn while it is good": """
        SELECT FROM formulations_stockmovement m JOIN formulations_pack p ON p.id = m.pack_id
        WHERE p.lot_id <> m.lot_id OR (m.kind = 'draw' AND (m.at < p.opened_at OR m.at >= p.discard_at))""",
    "the volume of a mix is the sum of its components": """
        SELECT FROM formulations_preparation p LEFT JOIN (
            SELECT preparation_id, sum(volume_ml) AS drawn FROM formulations_preparationcomponent
            GROUP BY preparation_id
        ) c ON c.preparation_id = p.id WHERE p.total_ml <> coalesce(c.drawn, 0)""",
    "a component is what its movement drew, of a pack of this patient": """
        SELECT FROM formulations_preparationcomponent c
        JOIN formulations_stockmovement m ON m.id = c.movement_id
        JOIN formulations_pack k ON k.id = c.pack_id
        JOIN formulations_preparation p ON p.id = c.preparation_id
        WHERE m.kind <> 'draw' OR m.pack_id <> c.pack_id OR m.quantity <> -c.volume_ml
            OR k.patient_id <> p.patient_id""",
    "what was injected of a mix stands in its zones": """
        SELECT FROM formulations_preparation p JOIN (
            SELECT preparation_id, sum(volume_ml) AS injected FROM treatments_zoneapplication GROUP BY preparation_id
        ) z ON z.preparation_id = p.id WHERE p.state = 'reconciled' AND p.injected_ml <> z.injected""",
    "the volume of a zone is what its components gave": """
        SELECT FROM treatments_zoneapplication z JOIN (
            SELECT zone_application_id, sum(volume_ml) AS given FROM treatments_componentuse
            GROUP BY zone_application_id
        ) u ON u.zone_application_id = z.id WHERE z.volume_ml <> u.given""",
    "the chain from the zone to the lot is whole": """
        SELECT FROM treatments_componentuse u
        JOIN treatments_zoneapplication z ON z.id = u.zone_application_id
        JOIN formulations_preparationcomponent c ON c.id = u.component_id
        WHERE c.movement_id <> u.movement_id OR c.preparation_id <> z.preparation_id""",
    "a zone is injected from a mix of its session": """
        SELECT FROM treatments_zoneapplication z WHERE z.preparation_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM treatments_sessionpreparation s
            WHERE s.session_id = z.session_id AND s.preparation_id = z.preparation_id)""",
    "a session, its plan, its visit and its mix are of one patient": """
        SELECT FROM treatments_treatmentsession s
        JOIN treatments_treatmentplan p ON p.id = s.plan_id
        JOIN treatments_plannedsession n ON n.id = s.planned_session_id
        JOIN scheduling_coursevisit v ON v.id = n.visit_id
        LEFT JOIN scheduling_appointment a ON a.id = s.appointment_id
        LEFT JOIN treatments_sessionpreparation x ON x.session_id = s.id
        LEFT JOIN formulations_preparation m ON m.id = x.preparation_id
        WHERE s.patient_id <> p.patient_id OR n.plan_id <> s.plan_id OR v.course_id <> p.course_id
            OR a.patient_id <> s.patient_id OR m.patient_id <> s.patient_id
            OR v.appointment_id IS DISTINCT FROM s.appointment_id""",
    "every signed session was screened and watched, and its visit is done": """
        SELECT FROM treatments_treatmentsession s
        JOIN treatments_plannedsession n ON n.id = s.planned_session_id
        JOIN scheduling_coursevisit v ON v.id = n.visit_id
        WHERE s.state = 'signed' AND (v.done_on IS NULL
            OR NOT EXISTS (SELECT FROM treatments_screening c WHERE c.session_id = s.id)
            OR NOT EXISTS (SELECT FROM treatments_immediatereaction r WHERE r.session_id = s.id))""",
    "a suspect of a side effect is a lot that the session used": """
        SELECT FROM safety_suspect u WHERE NOT EXISTS (
            SELECT FROM treatments_componentuse c
            JOIN treatments_zoneapplication z ON z.id = c.zone_application_id
            JOIN formulations_stockmovement m ON m.id = c.movement_id
            WHERE z.session_id = u.session_id AND m.lot_id = u.lot_id)""",
}


def broken(cursor: Any) -> Iterator[str]:
    """Name every guarantee that rows of this database break."""
    for sentence, query in GUARANTEES.items():
        cursor.execute(f"SELECT EXISTS ({query})")
        if cursor.fetchone()[0]:
            yield sentence
