from messaging.models.messages import (
    MESSAGE_TRANSITIONS,
    DeliveryEvent,
    Message,
    MessageKind,
    MessageState,
    OptOut,
)

__all__ = ["MESSAGE_TRANSITIONS", "DeliveryEvent", "Message", "MessageKind", "MessageState", "OptOut"]
