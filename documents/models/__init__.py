from documents.models.documents import (
    DOCUMENT_TRANSITIONS,
    Document,
    DocumentQuerySet,
    DocumentState,
    Signature,
    SignatureRole,
)
from documents.models.templates import (
    TEMPLATE_TRANSITIONS,
    DocumentKind,
    Template,
    TemplateState,
    TemplateVersion,
    TemplateVersionQuerySet,
)

__all__ = [
    "DOCUMENT_TRANSITIONS",
    "TEMPLATE_TRANSITIONS",
    "Document",
    "DocumentKind",
    "DocumentQuerySet",
    "DocumentState",
    "Signature",
    "SignatureRole",
    "Template",
    "TemplateState",
    "TemplateVersion",
    "TemplateVersionQuerySet",
]
