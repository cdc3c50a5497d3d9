from documents.models.documents import (
    DOCUMENT_TRANSITIONS,
    Document,
    DocumentState,
    Signature,
    SignatureRole,
)
from documents.models.templates import TEMPLATE_TRANSITIONS, DocumentKind, Template, TemplateState, TemplateVersion

__all__ = [
    "DOCUMENT_TRANSITIONS",
    "TEMPLATE_TRANSITIONS",
    "Document",
    "DocumentKind",
    "DocumentState",
    "Signature",
    "SignatureRole",
    "Template",
    "TemplateState",
    "TemplateVersion",
]
