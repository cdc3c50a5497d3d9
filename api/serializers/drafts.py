"""What is typed and not yet saved, as the API says it."""

import json
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from api.serializers.fields import StrictSerializer

MOST_BYTES = 200_000


class DraftBody(StrictSerializer):
    """What is typed, and the revision that this window saw last; 0 begins a draft."""

    body = serializers.DictField()
    revision = serializers.IntegerField(min_value=0, max_value=2_000_000_000)

    def validate_body(self, body: dict[str, Any]) -> dict[str, Any]:
        if len(json.dumps(body)) > MOST_BYTES:
            raise serializers.ValidationError(_("this is too long to be kept as a draft."))
        return body


class DraftSerializer(serializers.Serializer):
    """A draft; where nothing was typed, an empty one of revision 0."""

    body = serializers.DictField()
    revision = serializers.IntegerField()
    saved_at = serializers.DateTimeField(allow_null=True)
