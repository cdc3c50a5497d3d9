from messaging.models.messages import (
    MESSAGE_TRANSITIONS,
    DeliveryEvent,
    Message,
    MessageKind,
    MessageQuerySet,
    MessageState,
    OptOut,
    OptOutQuerySet,
)
from messaging.models.templates import MessageTemplate, TemplateQuerySet

__all__ = [
    "MESSAGE_TRANSITIONS",
    "DeliveryEvent",
    "Message",
    "MessageKind",
    "MessageQuerySet",
    "MessageState",
    "MessageTemplate",
    "OptOut",
    "OptOutQuerySet",
    "TemplateQuerySet",
]
