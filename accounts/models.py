"""People: a user's credentials platform-wide, a customer in one store, and ways in."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import clock, tokens
from core.fields import ByteOrdered
from stores.models import Store, StoreModel
from stores.roles import Role


class UserManager(BaseUserManager["User"]):
    """Users are found by their address, whatever its case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a user; without a password they sign in by code only."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create an operator of the platform."""
        rights = {"is_staff": True, "is_superuser": True, "confirmed_at": clock.now()}
        return self.create_user(email, password, **(rights | fields))

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the user with this address."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """Email and credentials, nothing else: name, language and zone are the Customer's."""

    email = models.EmailField(_("email"), unique=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    date_joined = models.DateTimeField(default=clock.now)
    session_round = models.PositiveIntegerField(default=0)
    """Raised, it ends every session of this person, wherever it was begun."""

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")),
                name="accounts_user_email_is_lower_case",
            )
        ]

    def __str__(self) -> str:
        return self.email

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        # Django's, and the round: most people here have no password whose change would end them.
        known = f"{self.password}:{self.session_round}"
        salt = "accounts.models.User.session"
        return salted_hmac(salt, known, secret=secret, algorithm="sha256").hexdigest()


class Customer(StoreModel):
    """One person in one store."""

    public_id = models.CharField(max_length=20, unique=True, default=tokens.public_id)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="customers")
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=8, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=40, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    """When this person asked to be forgotten here; what is left is what the law wants kept."""
    words_due = models.BooleanField(default=True, editable=False)
    """Whether the words they are found by are still to be gathered."""

    class Meta(StoreModel.Meta):
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["store", "user"], name="accounts_customer_one_per_user"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["store", "id"],
                condition=models.Q(erased_at__isnull=False),
                name="accounts_customer_erased",
            ),
            models.Index(
                fields=["store", "id"],
                condition=models.Q(words_due=True),
                name="accounts_customer_words_due",
            ),
        ]

    def __str__(self) -> str:
        if self.erased_at is not None:
            return str(_("somebody who was erased"))
        return self.name or self.user.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; under another name they are found by other words."""
        fields = kwargs.get("update_fields")
        if fields is None or "name" in fields:
            self.words_due = True
            kwargs["update_fields"] = fields and {*fields, "words_due"}
        super().save(*args, **kwargs)


class CustomerWord(StoreModel):
    """One word by which a customer is found, as ``core.searching`` writes words."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    word = ByteOrdered(max_length=40)

    class Meta(StoreModel.Meta):
        verbose_name = pgettext_lazy("known by", "word")
        verbose_name_plural = pgettext_lazy("known by", "words")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(fields=["customer", "word"], name="accounts_word_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["store", "word", "customer"], name="accounts_word_begins")
        ]

    def __str__(self) -> str:
        return self.word


class Consent(StoreModel):
    """One yes of a customer to being written to for a purpose, and when it was taken back.

    Rows are never changed but for the taking back, so that each yes can be shown as it was given.
    """

    class Purpose(models.TextChoices):
        """What about."""

        NEWS = "news", pgettext_lazy("consent to", "new things")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=10, choices=Purpose.choices, default=Purpose.NEWS)
    source = models.CharField(max_length=40)
    """Where it was ticked: checkout, account, a list's name."""
    language = models.CharField(max_length=8)
    wording = models.CharField(max_length=300)
    """The sentence beside the tick, as it was read."""
    leave_key = models.CharField(max_length=64, unique=True, default=tokens.secret)
    """In the mails' links, for ever: whoever has it may take this customer's consent back."""
    given_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta(StoreModel.Meta):
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["customer", "purpose"],
                condition=models.Q(withdrawn_at=None),
                name="accounts_consent_one_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.purpose}"


class SignIn(models.Model):
    """A sign-in that was asked for and waits for its code.

    It belongs to a host, not to a browser: the link's path carries ``public_id``, so the code can
    be typed in another browser than the one that asked. Only the POST with the code signs in.
    """

    class Purpose(models.TextChoices):
        """What happens once the code is right."""

        SIGN_IN = "sign_in", pgettext_lazy("purpose", "sign in")
        NEW_STORE = "new_store", pgettext_lazy("purpose", "open a store")
        MAKE_SURE = "make_sure", pgettext_lazy("purpose", "make sure it is you")

    public_id = models.CharField(max_length=20, unique=True, default=tokens.public_id)
    store = models.ForeignKey(
        Store, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    email = models.EmailField()
    purpose = models.CharField(max_length=10, choices=Purpose.choices, default=Purpose.SIGN_IN)
    code_hashes = models.JSONField(default=list)
    """Of every code mailed for it: who asked twice may type either."""
    next_path = models.CharField(max_length=500, blank=True)
    details = models.JSONField(default=dict, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("asked for", "sign-in")
        verbose_name_plural = pgettext_lazy("asked for", "sign-ins")

    def __str__(self) -> str:
        return f"{self.email} ({self.purpose})"


class Invitation(StoreModel):
    """Somebody asked to join the team; they do when they say yes."""

    public_id = models.CharField(max_length=20, unique=True, default=tokens.public_id)
    email = models.EmailField(_("email"))
    name = models.CharField(_("name"), max_length=80)
    role = models.CharField(
        _("role"), max_length=10, choices=[(role.value, role.value) for role in Role]
    )
    by_name = models.CharField(max_length=80)
    created_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta(StoreModel.Meta):
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["store", "email"],
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="accounts_invitation_one_waits",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class HandOver(models.Model):
    """A one-use token that carries a signed-in creator from the platform's host to a store's."""

    token_hash = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="+")
    has_second_step = models.BooleanField(default=False)
    """Whether a second step was passed on the platform's host, which then counts here too."""
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("to a store", "hand-over")
        verbose_name_plural = pgettext_lazy("to a store", "hand-overs")

    def __str__(self) -> str:
        return f"{self.user_id} → {self.store_id}"


class Browser(models.Model):
    """A browser somebody is signed in with, at one host; gone when its session is."""

    public_id = models.CharField(max_length=20, unique=True, default=tokens.public_id)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="browsers")
    store = models.ForeignKey(
        Store, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    session_key = models.CharField(max_length=40, unique=True)
    agent = models.CharField(max_length=300, blank=True)
    """What the browser says of itself."""
    began_at = models.DateTimeField(default=clock.now)
    last_seen_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("-last_seen_at",)
        verbose_name = pgettext_lazy("signed in with", "browser")
        verbose_name_plural = pgettext_lazy("signed in with", "browsers")

    def __str__(self) -> str:
        return f"{self.user_id} at {self.store_id}"


class AddressChange(models.Model):
    """A change of a person's address that waits for both mailboxes, or for three days.

    Each mailbox has a link of its own, derived from our key, so that every mail can carry it.
    """

    public_id = models.CharField(max_length=20, unique=True, default=tokens.public_id)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="address_changes")
    store = models.ForeignKey(
        Store, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    """Where it was asked for, whose host the links lead to; empty on the platform's."""
    old_email = models.EmailField()
    new_email = models.EmailField()
    language = models.CharField(max_length=8)
    by = models.CharField(max_length=80, blank=True)
    """Who of the staff began it; empty when the person did."""
    old_is_gone = models.BooleanField(default=False)
    """Whether the old mailbox cannot be read any more, so that its silence is waited for."""
    is_held = models.BooleanField(default=False)
    """Whether the platform's operator must let it go on: begun by staff of one store only."""
    old_confirmed_at = models.DateTimeField(null=True, blank=True)
    new_confirmed_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    told_again_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("change of address")
        verbose_name_plural = _("changes of address")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(done_at=None, stopped_at=None),
                name="accounts_addresschange_one_at_a_time",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(done_at=None, stopped_at=None),
                name="accounts_addresschange_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.old_email} → {self.new_email}"

    def is_open(self, now: datetime) -> bool:
        """Whether it can still be confirmed or stopped."""
        return self.done_at is None and self.stopped_at is None and now < self.expires_at


class Note(StoreModel):
    """What the team keeps in mind about a customer; the customer never sees it on a page.

    It is in their copy of what is kept of them, as the law wants.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="notes_of_staff")
    text = models.TextField(_("note"), max_length=2000)
    staff_name = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=clock.now)
    edited_at = models.DateTimeField(null=True, blank=True)

    class Meta(StoreModel.Meta):
        ordering = ("-id",)
        verbose_name = pgettext_lazy("about a customer", "note")
        verbose_name_plural = pgettext_lazy("about a customer", "notes")
        constraints: ClassVar[list[models.BaseConstraint]] = [*StoreModel.Meta.constraints]

    def __str__(self) -> str:
        return self.text[:60]
