"""Members, practitioners and places, as the API says them."""

from typing import Any

from rest_framework import serializers

from accounts.access import ROLES
from api.serializers.fields import Slug, StrictSerializer


class MeSerializer(serializers.Serializer):
    """Who the token stands for."""

    id = serializers.IntegerField(source="user.pk")
    name = serializers.CharField(source="user.display_name")
    email = serializers.EmailField(source="user.email")
    clinic = serializers.IntegerField(source="clinic_id")
    clinic_name = serializers.CharField(source="clinic.name")
    time_zone = serializers.CharField(source="clinic.time_zone")
    roles = serializers.ListField(child=serializers.CharField())
    permissions = serializers.ListField(child=serializers.CharField())
    practitioner = serializers.IntegerField(allow_null=True)

    def to_representation(self, membership: Any) -> dict[str, Any]:
        practitioner = getattr(membership, "practitioner", None)
        return {
            "id": membership.user_id,
            "name": membership.user.display_name,
            "email": membership.user.email,
            "clinic": membership.clinic_id,
            "clinic_name": membership.clinic.name,
            "time_zone": membership.clinic.time_zone,
            "roles": membership.roles,
            "permissions": sorted({str(permission) for role in membership.roles for permission in ROLES[role]}),
            "practitioner": practitioner.pk if practitioner else None,
        }


class StepUpSerializer(StrictSerializer):
    """The password, or a one-time code of the authenticator app."""

    password = serializers.CharField(required=False, trim_whitespace=False, max_length=1000)
    code = serializers.CharField(required=False, max_length=40)


class StepUpProofSerializer(serializers.Serializer):
    """The proof to send as X-Step-Up for the next five minutes."""

    step_up = serializers.CharField(source="secret")
    expires_at = serializers.DateTimeField()


class HeldSerializer(serializers.Serializer):
    """A competence that somebody holds, until the day it ends; without a day, until it is ended."""

    id = serializers.IntegerField()
    slug = serializers.CharField(source="competence.slug")
    name = serializers.CharField(source="competence.name")
    valid_until = serializers.DateField(allow_null=True)


class GrantSerializer(StrictSerializer):
    """What somebody was trained for: one that the clinic knows by its slug, or a new one with its name."""

    slug = Slug(max_length=80)
    name = serializers.CharField(required=False, max_length=200)
    valid_until = serializers.DateField(required=False, allow_null=True)


class PractitionerSerializer(serializers.Serializer):
    """Somebody who treats."""

    id = serializers.IntegerField()
    name = serializers.SerializerMethodField()
    profession = serializers.CharField()
    licence_number = serializers.CharField()
    licence_expires_on = serializers.DateField()
    competences = HeldSerializer(source="held_competences", many=True)

    def get_name(self, practitioner: Any) -> str:
        return str(practitioner)


class LocationSerializer(serializers.Serializer):
    """A place of work."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    time_zone = serializers.CharField()
    address = serializers.CharField()
    phone = serializers.CharField()
