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

__all__ = [
    "MESSAGE_TRANSITIONS",
    "DeliveryEvent",
    "Message",
    "MessageKind",
    "MessageQuerySet",
    "MessageState",
    "OptOut",
    "OptOutQuerySet",
]
