from patients.models.alerts import Alert, AlertKind, AlertQuerySet
from patients.models.allergies import Allergy, AllergySeverity
from patients.models.care import (
    WIDE_ROLES,
    CareTeam,
    CareTeamQuerySet,
    CareTeamReason,
    EmergencyAccess,
    EmergencyAccessQuerySet,
    reached_by,
)
from patients.models.conditions import Condition
from patients.models.contacts import (
    Contact,
    ContactChannel,
    ContactConsent,
    ContactConsentQuerySet,
    ContactPurpose,
    Relation,
)
from patients.models.drafts import Draft
from patients.models.imports import (
    IMPORT_TRANSITIONS,
    Decision,
    ImportBatch,
    ImportBatchQuerySet,
    ImportRow,
    ImportRowQuerySet,
    ImportState,
    ImportSubject,
    Likeness,
    RowState,
)
from patients.models.keys import CLEAR, MOVE, RETAIN, STAY, OnErase, OnMerge, PatientKey
from patients.models.medicines import Medicine
from patients.models.merges import MergeMove, PatientsMerge, PatientsMergeQuerySet
from patients.models.patients import Folded, Patient, PatientQuerySet, Sex
from patients.models.portal import LinkPurpose, PortalAccess, PortalAccessQuerySet, PortalLink, PortalLinkQuerySet
from patients.models.portal_phones import MOST_TRIES, PortalCode, PortalCodeQuerySet, PortalPhone, PortalPhoneQuerySet
from patients.models.received_files import ReceivedFile, ReceivedFileKind, ReceivedFileQuerySet
from patients.models.statements import (
    STATEMENT_TRANSITIONS,
    Statement,
    StatementQuerySet,
    StatementSource,
    StatementState,
)
from patients.models.tasks import CLINICIAN, Task, TaskKind, TaskQuerySet
from patients.models.weights import WeightMeasurement, WeightQuerySet

__all__ = [
    "CLEAR",
    "CLINICIAN",
    "IMPORT_TRANSITIONS",
    "MOST_TRIES",
    "MOVE",
    "RETAIN",
    "STATEMENT_TRANSITIONS",
    "STAY",
    "WIDE_ROLES",
    "Alert",
    "AlertKind",
    "AlertQuerySet",
    "Allergy",
    "AllergySeverity",
    "CareTeam",
    "CareTeamQuerySet",
    "CareTeamReason",
    "Condition",
    "Contact",
    "ContactChannel",
    "ContactConsent",
    "ContactConsentQuerySet",
    "ContactPurpose",
    "Decision",
    "Draft",
    "EmergencyAccess",
    "EmergencyAccessQuerySet",
    "Folded",
    "ImportBatch",
    "ImportBatchQuerySet",
    "ImportRow",
    "ImportRowQuerySet",
    "ImportState",
    "ImportSubject",
    "Likeness",
    "LinkPurpose",
    "Medicine",
    "MergeMove",
    "OnErase",
    "OnMerge",
    "Patient",
    "PatientKey",
    "PatientQuerySet",
    "PatientsMerge",
    "PatientsMergeQuerySet",
    "PortalAccess",
    "PortalAccessQuerySet",
    "PortalCode",
    "PortalCodeQuerySet",
    "PortalLink",
    "PortalLinkQuerySet",
    "PortalPhone",
    "PortalPhoneQuerySet",
    "ReceivedFile",
    "ReceivedFileKind",
    "ReceivedFileQuerySet",
    "Relation",
    "RowState",
    "Sex",
    "Statement",
    "StatementQuerySet",
    "StatementSource",
    "StatementState",
    "Task",
    "TaskKind",
    "TaskQuerySet",
    "WeightMeasurement",
    "WeightQuerySet",
    "reached_by",
]
