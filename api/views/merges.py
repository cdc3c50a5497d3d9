"""Two files that become one: asked by one person, agreed to by another, undone the same way."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from accounts.access import Permission, demand
from api.serializers.merges import MergeBody, MergeSerializer, SplitBody
from api.views.patients import PatientView
from common.refused import Refused
from patients.access import patient_or_404
from patients.actions import merges


class MergeView(PatientView):
    """What merging and splitting share."""

    permissions = {"POST": Permission.REQUEST_MERGE}

    def settle(self, approval, given) -> Response:
        """Agree to a request, or carry out one's own that has ripened, if it asks for just this."""
        demand(self.request._request, [Permission.MERGE_PATIENTS])
        if any(approval.body.get(name) != value for name, value in given.items()):
            raise Refused("wrong_state", _("This request asks for something else."))
        act = merges.carry_out if approval.requested_by_id == self.request.user.pk else merges.agree
        return self.show(MergeSerializer, act(approval, **self.act()), 201)

    def wait(self, approval) -> None:
        """Say that a second person has to agree, and to what."""
        raise Refused(
            "second_person_required",
            _("An owner other than you has to agree, or, where there is none, you again after a day."),
            approval=approval.pk,
        )

    def approval(self, pk, kind):
        return get_object_or_404(self.clinic.approvals.filter(kind=kind), pk=pk)


class PatientMerge(MergeView):
    """Make this file part of another one."""

    @extend_schema(request=MergeBody, responses={201: MergeSerializer})
    def post(self, request, pk) -> Response:
        duplicate, given = self.found(pk), self.body(MergeBody)
        into, taking = patient_or_404(request, given["into"]), sorted(given.get("taking", ()))
        if number := given.get("approval"):
            asked = {"into": into.pk, "from": duplicate.pk, "taking": taking}
            return self.settle(self.approval(number, merges.MERGE), asked)
        given = {"duplicate": duplicate, "taking": taking, "reason": given["reason"]}
        return self.wait(merges.ask(into, **given, by=request.user, at=timezone.now()))


class MergeUndo(MergeView):
    """Make two files of one again."""

    @extend_schema(request=SplitBody, responses={201: MergeSerializer})
    def post(self, request, pk) -> Response:
        merge = get_object_or_404(self.clinic.patients_merges.with_people(), pk=pk)
        given = self.body(SplitBody)
        if number := given.get("approval"):
            return self.settle(self.approval(number, merges.SPLIT), {"merge": merge.pk})
        return self.wait(merges.ask_split(merge, reason=given["reason"], **self.act()))
