"""Delegations, as the API says them."""

from rest_framework import serializers

from api.serializers.fields import Moment, Slug, StrictSerializer


class DelegationBody(StrictSerializer):
    """To whom a practitioner delegates a protocol, and until when."""

    membership = serializers.IntegerField()
    protocol = Slug(source="protocol_slug")
    valid_until = serializers.DateField()


class DelegationSerializer(serializers.Serializer):
    """Who records and injects in a practitioner's place, by which protocol, until when."""

    id = serializers.IntegerField()
    practitioner = serializers.IntegerField(source="practitioner_id")
    membership = serializers.IntegerField(source="membership_id")
    name = serializers.CharField(source="membership.user.display_name")
    protocol = serializers.CharField(source="protocol_slug")
    valid_from = serializers.DateField()
    valid_until = serializers.DateField()
    given_at = Moment()
    ended_at = Moment(allow_null=True)
