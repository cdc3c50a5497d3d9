"""People and jobs that act: staff, patients, and the system itself."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from common.natures import Nature, Retention


class Kind(models.TextChoices):
    STAFF = "staff", _("Staff")
    PATIENT = "patient", _("Patient")
    SYSTEM = "system", _("System")


class Theme(models.TextChoices):
    AUTO = "auto", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class UserManager(BaseUserManager):
    """Finds users by the address they log in with."""

    def get_by_natural_key(self, username: str | None) -> Any:
        return self.get(email__iexact=username)

    def system(self) -> Any:
        """Give the user in whose name jobs act."""
        return self.get_or_create(kind=Kind.SYSTEM, defaults={"display_name": "System", "password": "!"})[0]


class User(AbstractBaseUser):
    """Somebody who acts; staff log in with an address, patients come through a link, jobs use the system user."""

    kind = models.CharField(max_length=10, choices=Kind, default=Kind.STAFF)
    email = models.EmailField(_("e-mail address"), unique=True, null=True, blank=True)
    display_name = models.CharField(_("name"), max_length=200)
    language = models.CharField(_("language"), max_length=10, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    date_joined = models.DateTimeField(default=timezone.now)
    is_staff = False
    is_superuser = False

    nature = Nature(Retention.LEDGER, personal=("email", "display_name"))

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(models.functions.Lower("email"), name="accounts_user_email_once"),
            models.UniqueConstraint(fields=["kind"], condition=Q(kind="system"), name="accounts_user_one_system"),
            models.CheckConstraint(
                condition=Q(kind="staff", email__isnull=False) | (~Q(kind="staff") & Q(email__isnull=True)),
                name="accounts_user_only_staff_have_an_address",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    def get_session_auth_hash(self) -> str:
        """Change with the password and with each change of role or activity, so that other log-ins end."""
        secret = f"{self.password}:{self.session_epoch}:{self.is_active}"
        return salted_hmac("accounts.User.session", secret, algorithm="sha256").hexdigest()

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name.split(" ")[0]
