"""The reports that there are, in the order in which they are offered."""

from reports.tables.events import TRAIL
from reports.tables.lots import LOTS
from reports.tables.overrides import OVERRIDES
from reports.tables.people import PATIENTS
from reports.tables.plans import ADHERENCE, DROP_OUT
from reports.tables.sheets import Report
from reports.tables.side_effects import SIDE_EFFECTS
from reports.tables.takings import TAKINGS
from reports.tables.utilisation import UTILISATION
from reports.tables.visits import STATUSES, VISITS

REPORTS: dict[str, Report] = {
    report.name: report
    for report in (
        STATUSES,
        VISITS,
        UTILISATION,
        ADHERENCE,
        DROP_OUT,
        SIDE_EFFECTS,
        LOTS,
        OVERRIDES,
        TAKINGS,
        TRAIL,
        PATIENTS,
    )
}
