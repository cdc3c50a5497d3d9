from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey, UserKey
from common.checks import after, at_least, more_than, not_blank
from common.constraints import SameOwner, one_of, owner_key, paired
from common.history import tracked
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet
from formulations.models.products import PackDose
from patients.models import PatientKey


class LotState(models.TextChoices):
    ACTIVE = "active", _("Active")
    QUARANTINED = "quarantined", _("Quarantined")
    RECALLED = "recalled", _("Recalled")


LOT_TRANSITIONS: dict[str, frozenset[str]] = {
    LotState.ACTIVE: frozenset({LotState.QUARANTINED, LotState.RECALLED}),
    LotState.QUARANTINED: frozenset({LotState.ACTIVE, LotState.RECALLED}),
    LotState.RECALLED: frozenset(),
}


class StockUnit(models.TextChoices):
    ML = "mL", _("mL")
    UNITS = "U", _("Units")
    PIECES = "pcs", _("Pieces")


class LotQuerySet(ClinicQuerySet):
    def drawable(self, day: date) -> "LotQuerySet":
        """Keep the lots from which a mix may be drawn on a day."""
        return self.filter(state=LotState.ACTIVE, expires_on__gte=day, balance__gt=0)

    def first_expired_first(self) -> "LotQuerySet":
        """Order as they should be used up."""
        return self.order_by("expires_on", "id")

    def for_drawing(self, lots: Any) -> "dict[int, Lot]":
        """Lock lots in the order of their ids, so that two mixes never wait for one another in a circle."""
        rows = self.filter(pk__in=sorted({lot.pk for lot in lots})).order_by("pk")
        return {lot.pk: lot for lot in rows.select_for_update(of=("self",)).with_product()}

    def with_product(self) -> "LotQuerySet":
        """Bring along the product and what it contains."""
        return self.select_related("product", "location").prefetch_related("product__contents__ingredient")


@tracked
class Lot(models.Model):
    """A numbered lot of a product at a location; its balance is the sum of its movements and never below zero."""

    clinic = ClinicKey("lots")
    product = models.ForeignKey("formulations.Product", models.PROTECT, related_name="lots")
    location = models.ForeignKey("accounts.Location", models.PROTECT, related_name="lots")
    number = models.CharField(_("lot number"), max_length=80)
    expires_on = models.DateField(_("expires"))
    unit = models.CharField(_("unit"), max_length=4, choices=StockUnit, default=StockUnit.ML)
    balance = models.DecimalField(max_digits=9, decimal_places=3, default=Decimal(0), editable=False)
    state = models.CharField(_("state"), max_length=12, choices=LotState, default=LotState.ACTIVE)
    allergens = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    udi = models.CharField(_("device identifier (UDI)"), max_length=120, blank=True)
    supplier = models.CharField(_("supplier"), max_length=200, blank=True)
    source_type = models.CharField(_("made under"), max_length=40, blank=True)
    received_at = models.DateTimeField()
    received_by = UserKey()

    objects = LotQuerySet.as_manager()
    nature = Nature(Retention.LEDGER)

    class Meta:
        verbose_name, verbose_name_plural = _("lot"), _("lots")
        constraints = [
            owner_key(),
            SameOwner("product"),
            SameOwner("location"),
            not_blank("number"),
            one_of("state", LotState),
            one_of("unit", StockUnit),
            models.CheckConstraint(condition=Q(balance__gte=0), name="lot_balance_not_below_zero"),
            models.UniqueConstraint(fields=["clinic", "product", "number", "location"], name="lot_number_once"),
        ]
        indexes = [models.Index(fields=["clinic", "number"], name="lot_by_number")]

    def __str__(self) -> str:
        return self.number


class LotStateChange(models.Model):
    """Why and by whom a lot was set aside, recalled or given free again; rows are only added."""

    clinic = ClinicKey("lot_state_changes")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="state_changes")
    state = models.CharField(max_length=12, choices=LotState)
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()
    by = UserKey()

    nature = Nature(Retention.LEDGER, append_only=True)

    class Meta:
        constraints = [owner_key(), SameOwner("lot"), one_of("state", LotState), not_blank("reason")]


class PackState(models.TextChoices):
    OPEN = "open", _("Open")
    SPENT = "spent", _("Empty")
    DISCARDED = "discarded", _("Discarded")


class PackQuerySet(ClinicQuerySet):
    def open(self) -> "PackQuerySet":
        """Keep the packs from which something can still be taken."""
        return self.filter(state=PackState.OPEN, left__gt=0)

    def with_lot(self) -> "PackQuerySet":
        """Bring along the lot, its product and what it contains."""
        return self.select_related("lot__product", "lot__location").prefetch_related(
            "lot__product__contents__ingredient"
        )

    def drawable_for(self, patient: Any, at: datetime) -> "PackQuerySet":
        """Keep the open packs that serve this patient at a moment."""
        mine = Q(patient=patient) | Q(patient__isnull=True, dose=PackDose.MULTI)
        return self.open().filter(mine, discard_at__gt=at)


class Pack(models.Model):
    """One ampoule, vial or syringe that was opened: for whom, when, and when the rest must go."""

    clinic = ClinicKey("packs")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="packs")
    patient = PatientKey(related_name="packs", null=True, blank=True)
    dose = models.CharField(max_length=6, choices=PackDose)
    volume = models.DecimalField(max_digits=9, decimal_places=3)
    left = models.DecimalField(max_digits=9, decimal_places=3, editable=False)
    opened_at = models.DateTimeField()
    opened_by = UserKey()
    discard_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=PackState, default=PackState.OPEN)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = UserKey(null=True, blank=True)
    close_reason = models.CharField(max_length=300, blank=True)

    objects = PackQuerySet.as_manager()
    nature = Nature(Retention.LEDGER)

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("lot"),
            SameOwner("patient"),
            one_of("dose", PackDose),
            one_of("state", PackState),
            more_than("volume", 0),
            at_least("left", 0),
            models.CheckConstraint(condition=Q(left__lte=F("volume")), name="pack_not_more_than_full"),
            after("opened_at", "discard_at"),
            paired("closed_at", "closed_by"),
            models.CheckConstraint(
                condition=Q(dose=PackDose.MULTI) | Q(patient__isnull=False), name="pack_single_dose_has_patient"
            ),
            models.CheckConstraint(
                condition=Q(state=PackState.OPEN, closed_at__isnull=True)
                | (~Q(state=PackState.OPEN) & Q(closed_at__isnull=False)),
                name="pack_closed_says_when",
            ),
        ]


class MovementKind(models.TextChoices):
    RECEIPT = "receipt", _("Received")
    DRAW = "draw", _("Drawn")
    RETURN = "return", _("Returned")
    WASTAGE = "wastage", _("Wasted")
    ADJUSTMENT = "adjustment", _("Adjusted")
    TRANSFER_OUT = "transfer_out", _("Sent to another place")
    TRANSFER_IN = "transfer_in", _("Came from another place")
    DESTRUCTION = "destruction", _("Destroyed")
    REVERSAL = "reversal", _("Reversed")


_K = MovementKind
INCOMING = (_K.RECEIPT, _K.RETURN, _K.TRANSFER_IN)
OUTGOING = (_K.DRAW, _K.WASTAGE, _K.TRANSFER_OUT, _K.DESTRUCTION)


class MovementQuerySet(ClinicQuerySet):
    def used(self) -> "MovementQuerySet":
        """Keep what was drawn into mixes and not put back."""
        return self.filter(kind=MovementKind.DRAW, reversed_by__isnull=True)

    def by_kind(self) -> dict[str, Decimal]:
        """The signed sums of a ledger by kind; a reversal counts with what it undid."""
        rows = self.annotate(as_kind=Coalesce("reversal_of__kind", "kind")).order_by().values_list("as_kind")
        return dict(rows.annotate(models.Sum("quantity")))

    def with_names(self) -> "MovementQuerySet":
        """Bring along who wrote each row, the patient of its pack and the mix it went into, newest first."""
        return self.select_related("by", "pack", "component__preparation", "reversed_by").order_by("-at", "-pk")

    def total(self) -> Decimal:
        """The sum of the movements, signed: what came in less what went out."""
        return self.aggregate(total=models.Sum("quantity"))["total"] or Decimal(0)


class StockMovement(models.Model):
    """A change of a lot's stock, signed: incoming above zero, outgoing below; mistakes are reversed, never edited."""

    clinic = ClinicKey("stock_movements")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="movements")
    pack = models.ForeignKey(Pack, models.PROTECT, null=True, blank=True, related_name="movements")
    kind = models.CharField(_("kind"), max_length=12, choices=MovementKind)
    quantity = models.DecimalField(_("quantity"), max_digits=9, decimal_places=3)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    reversal_of = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")
    at = models.DateTimeField()
    by = UserKey()

    objects = MovementQuerySet.as_manager()
    nature = Nature(Retention.LEDGER, append_only=True)

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("lot"),
            SameOwner("pack"),
            SameOwner("reversal_of"),
            one_of("kind", MovementKind),
            models.CheckConstraint(
                condition=Q(kind__in=INCOMING, quantity__gt=0)
                | Q(kind__in=OUTGOING, quantity__lt=0)
                | (Q(kind__in=[MovementKind.ADJUSTMENT, MovementKind.REVERSAL]) & ~Q(quantity=0)),
                name="stock_movement_sign_fits_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind=MovementKind.REVERSAL, reversal_of__isnull=False)
                | (~Q(kind=MovementKind.REVERSAL) & Q(reversal_of__isnull=True)),
                name="stock_movement_reversal_names_row",
            ),
            models.CheckConstraint(
                condition=~Q(kind=MovementKind.DRAW) | Q(pack__isnull=False), name="stock_movement_draw_from_pack"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=[MovementKind.ADJUSTMENT, MovementKind.DESTRUCTION, MovementKind.REVERSAL])
                | ~Q(reason=""),
                name="stock_movement_says_why",
            ),
        ]
        indexes = [models.Index(fields=["clinic", "lot", "at"], name="stock_movement_by_lot")]

    @property
    def is_undoable(self) -> bool:
        """Whether a row of its own can undo this one: neither a draw nor a reversal, nor undone before."""
        fixed = (MovementKind.DRAW, MovementKind.REVERSAL)
        return self.kind not in fixed and self.pack_id is None and not hasattr(self, "reversed_by")
