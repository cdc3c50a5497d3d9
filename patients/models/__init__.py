from patients.models.alerts import Alert, AlertKind
from patients.models.allergies import Allergy, AllergySeverity
from patients.models.care import CareTeam, CareTeamReason, EmergencyAccess, reached_by
from patients.models.conditions import Condition
from patients.models.contacts import Contact, ContactChannel, ContactConsent, ContactPurpose, Relation
from patients.models.drafts import Draft
from patients.models.keys import CLEAR, MOVE, RETAIN, STAY, OnErase, OnMerge, PatientKey
from patients.models.medicines import Medicine
from patients.models.merges import MergeMove, PatientsMerge
from patients.models.patients import Folded, Patient, Sex
from patients.models.portal import LinkPurpose, PortalAccess, PortalLink
from patients.models.received_files import ReceivedFile, ReceivedFileKind
from patients.models.statements import STATEMENT_TRANSITIONS, Statement, StatementSource, StatementState
from patients.models.tasks import CLINICIAN, Task, TaskKind
from patients.models.weights import WeightMeasurement

__all__ = [
    "CLEAR",
    "CLINICIAN",
    "MOVE",
    "RETAIN",
    "STATEMENT_TRANSITIONS",
    "STAY",
    "Alert",
    "AlertKind",
    "Allergy",
    "AllergySeverity",
    "CareTeam",
    "CareTeamReason",
    "Condition",
    "Contact",
    "ContactChannel",
    "ContactConsent",
    "ContactPurpose",
    "Draft",
    "EmergencyAccess",
    "Folded",
    "LinkPurpose",
    "Medicine",
    "MergeMove",
    "OnErase",
    "OnMerge",
    "Patient",
    "PatientKey",
    "PatientsMerge",
    "PortalAccess",
    "PortalLink",
    "ReceivedFile",
    "ReceivedFileKind",
    "Relation",
    "Sex",
    "Statement",
    "StatementSource",
    "StatementState",
    "Task",
    "TaskKind",
    "WeightMeasurement",
    "reached_by",
]
