"""Two stores with one of everything, and addresses of every page of the admin."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse
from django.utils.text import slugify

from access.contract import Source
from access.models import Access
from access.services.granting import grant_purchase
from accounts.models import Customer, Invitation, Note, User
from content.models import Asset, Edition, HolderLetter, Reply, StampedCopy, Thread, Upload
from conversations.models import Attachment, Conversation, SavedAnswer
from conversations.models import Message as Words
from conversations.services import enclosing
from core import clock, tokens
from mail.models import Message, Wording
from memberships.models import Club, Drop
from memberships.services.months import add_month, give_out
from memberships.services.pieces import add_text
from payments.models import (
    Bill,
    Bookkeeping,
    CancelNotice,
    CancelPolicy,
    Coupon,
    Difference,
    Dispute,
    Extra,
    FindRequest,
    Gift,
    HookDelivery,
    InstalmentPlan,
    LeavingReason,
    Order,
    OrderLine,
    OtherWay,
    Payment,
    PriceRise,
    Refund,
    Report,
    ReturningIncome,
    Subscription,
    SubscriptionTerms,
    Team,
    TeamPlace,
)
from products.admin.catalogue import addable_formats
from products.models import Category, ListEntry, Part, Price, Product
from shipping.models import Parcel, PickupPoint, Zone
from storefront.models import MailingList, Menu, Page, Redirect, SignUp
from storefront.services.pages.making import create_page
from storefront.services.pages.publishing import publish
from stores.admin import site
from stores.models import (
    Archive,
    AwayDates,
    Closing,
    Domain,
    LogEntry,
    Look,
    QuietTimes,
    Staff,
    Store,
)
from stores.scope import store_scope
from stores.services.log import write
from tests.conftest import make_product
from tests.payments.documents.papers import business_in, paper_of
from tests.payments.moving_in.moving import make_letter


@dataclass
class Scene:
    """One store with one of everything that the admin lists."""

    store: Store
    product: Product
    price: Price
    customer: Customer
    access: Access
    order: Order
    line: OrderLine
    payment: Payment
    refund: Refund
    message: Message
    staff: Staff
    log: LogEntry
    block_id: str = "walked1"

    def upload(self) -> Upload:
        """Return a file on its way of the store's owner."""
        owner = Staff.objects.get(role="owner")
        fields = {"purpose": "epub", "size": 9, "part_size": 5, "fingerprint": "0" * 64}
        found: Upload = Upload.objects.get_or_create(
            staff=owner, original_name="book.epub", defaults=fields
        )[0]
        return found

    def note(self) -> Note:
        """Return a note of the team about the store's customer."""
        found: Note = Note.objects.get_or_create(
            customer=self.customer, text=self.order.name, staff_name="Bob"
        )[0]
        return found

    def edition(self) -> Edition:
        """Return an edition of the store's book that is being prepared."""
        news = {"news": self.order.name}
        found: Edition = Edition.objects.get_or_create(
            product=self.product, number=2, defaults=news
        )[0]
        return found

    def month(self) -> Drop:
        """Return a month of the store's club that was given out, with a text in it."""
        found: Drop | None = Drop.objects.select_related("club", "part").first()
        if found is None:
            word = self.order.name.split()[0]
            product = make_product("club", title=f"{word} club")
            found = add_month(Club.objects.get(pk=product.pk), clock.now())
            add_text(found, title=f"{word} text", text=f"{word} words", now=clock.now())
            found = give_out(found, clock.now())
        return found

    def page(self) -> Page:
        """Return a published page with a form, and a draft of it."""
        found: Page | None = Page.objects.filter(kind="landing").first()
        if found is None:
            gift = MailingList.objects.get_or_create(title=self.order.name)[0]
            fields = {"heading": self.order.name, "button": self.order.name, "list": str(gift.pk)}
            blocks = [
                {"id": self.block_id, "key": "signup", "hidden": False, "fields": fields},
                {
                    "id": "walked2",
                    "key": "quote",
                    "hidden": False,
                    "fields": {"text": self.order.name},
                },
            ]
            found = create_page(
                "landing",
                title=self.order.name,
                slug=slugify(self.order.name),
                language="en",
                now=clock.now(),
                blocks=blocks,
            )
            publish(found, staff=self.staff, now=clock.now())
        return found

    def sign_up(self) -> SignUp:
        """Return somebody on a mailing list."""
        found: SignUp = SignUp.objects.get_or_create(
            page=self.page(),
            block=self.block_id,
            email=self.order.email,
            defaults={
                "language": "en",
                "source": "form:walked",
                "list": MailingList.objects.get_or_create(title=self.order.name)[0],
                "gift_url": "/",
                "wants_news": True,
                "wording": self.order.name,
                "confirmed_at": clock.now(),
            },
        )[0]
        return found

    def row_of(self, label: str) -> Any:
        """Return this store's row of a model the admin registers."""
        return self._rows()[label]()

    def _rows(self) -> dict[str, Callable[[], Any]]:
        """Return how to find each; made when it is asked for, as hardly a walk needs them all."""
        return {
            "stores.store": lambda: self.store,
            "stores.business": lambda: business_in(self.store),
            "stores.look": lambda: Look.objects.get(store=self.store),
            "stores.staff": lambda: self.staff,
            "stores.logentry": lambda: self.log,
            "stores.quiettimes": self._quiet_times,
            "stores.domain": self._domain,
            "stores.archive": self._archive,
            "stores.closing": lambda: Closing.objects.get_or_create(
                taken_back_at=clock.now().replace(year=2020), by_name=self.order.name, step="done"
            )[0],
            "stores.awaydates": lambda: AwayDates.objects.get_or_create(
                label=self.order.name, starts_on="2026-12-01", ends_on="2026-12-02"
            )[0],
            "accounts.invitation": self._invitation,
            "mail.wording": self._wording,
            "storefront.page": self.page,
            "storefront.menu": lambda: Menu.objects.get_or_create(language="en")[0],
            "storefront.redirect": lambda: Redirect.objects.get_or_create(
                old_path="/walked/", new_path=f"/pages/{self.order.name}/"
            )[0],
            "storefront.mailinglist": lambda: MailingList.objects.get_or_create(
                title=self.order.name
            )[0],
            "storefront.signup": self.sign_up,
            "products.category": lambda: Category.objects.get_or_create(
                slug=slugify(self.order.name), defaults={"title": self.order.name}
            )[0],
            "products.product": lambda: self.product,
            "ebooks.ebook": lambda: self.product,
            "memberships.club": lambda: self.month().club,
            "accounts.customer": lambda: self.customer,
            "access.access": lambda: self.access,
            "mail.message": lambda: self.message,
            "content.stampedcopy": self._copy,
            "content.asset": lambda: Asset.objects.filter(part__product=self.product).first(),
            "content.thread": self._thread,
            "content.holderletter": lambda: HolderLetter.objects.get_or_create(
                product=self.product,
                subject=self.order.name,
                defaults={"text": self.order.name, "leaves_at": clock.now()},
            )[0],
            "conversations.conversation": self._letter,
            "conversations.savedanswer": lambda: SavedAnswer.objects.get_or_create(
                title="Sizes", text=f"See page 14, {self.order.name}"
            )[0],
            "payments.order": lambda: self.order,
            "payments.report": lambda: Report.objects.get(pk=self.order.pk),
            "payments.cancelnotice": lambda: notice_in(self.order),
            "payments.cancelpolicy": lambda: CancelPolicy.objects.get_or_create()[0],
            "payments.dispute": self._dispute,
            "payments.document": lambda: paper_of(self.order),
            "payments.bookkeeping": lambda: Bookkeeping.objects.get_or_create()[0],
            "payments.hookdelivery": lambda: HookDelivery.objects.get_or_create(
                source="walk", order=self.order, body="{}"
            )[0],
            "payments.difference": self._difference,
            "products.listentry": lambda: ListEntry.objects.get_or_create(
                product_id=self.product.pk,
                kind="waiting",
                email=self.order.email,
                defaults={
                    "language": "en",
                    "answer": self.order.name,
                    "confirmed_at": clock.now(),
                },
            )[0],
            "payments.coupon": lambda: Coupon.objects.get_or_create(code="WALK", percent=10)[0],
            "shipping.zone": lambda: Zone.objects.get_or_create(
                name="Israel", defaults={"countries": ["IL"], "first": 2500}
            )[0],
            "shipping.pickuppoint": lambda: PickupPoint.objects.get_or_create(
                name="Studio", defaults={"address": "Herzl 7", "hours": "10"}
            )[0],
            "shipping.parcel": self._parcel,
            "payments.pricerise": lambda: PriceRise.objects.get_or_create(
                old=self.price,
                defaults={"new": self.price, "holds_from": clock.now().replace(year=2100)},
            )[0],
            "payments.movein": lambda: make_letter(self.access, self.price).move_in,
            "payments.extra": lambda: Extra.objects.get_or_create(price=self.price)[0],
            "payments.gift": self._gift,
            "payments.subscription": self._subscription,
            "payments.returningincome": lambda: ReturningIncome.objects.get(
                pk=self._subscription().pk
            ),
            "payments.team": self._team,
            "payments.instalmentplan": self._instalment_plan,
            "payments.subscriptionterms": lambda: SubscriptionTerms.objects.get_or_create()[0],
            "payments.bill": lambda: make_unpaid(self.line, self.customer, self.order.name),
            "payments.otherway": lambda: OtherWay.objects.get_or_create(
                kind="bit", name=f"Bit {self.order.name}", instructions="Call"
            )[0],
            "payments.findrequest": lambda: FindRequest.objects.get_or_create(
                email=self.order.email,
                number=self.order.number,
                language="en",
                order=self.order,
            )[0],
        }

    def _invitation(self) -> Any:
        return Invitation.objects.get_or_create(
            email="invited@example.com",
            defaults={
                "name": self.order.name,
                "role": "support",
                "by_name": self.order.name,
                "expires_at": clock.now().replace(year=2100),
            },
        )[0]

    def _parcel(self) -> Any:
        """Return a parcel that waits, to an address with the store's word in it."""
        there = {"country": "IL", "street": "Herzl", "house": "5", "city": "Haifa"}
        values = {
            "product": self.price.product,
            "customer": self.customer,
            "language": "en",
            "title": self.product.title,
            "name": self.order.name,
            "phone": "0505550199",
            "order_number": self.order.number,
            **there,
        }
        return Parcel.objects.get_or_create(
            order_reference=self.order.public_id, price=self.price, defaults=values
        )[0]

    def _copy(self) -> Any:
        asset = Asset.objects.filter(part__product=self.product).first()
        return StampedCopy.objects.get_or_create(access=self.access, asset=asset)[0]

    def _thread(self) -> Any:
        part = Part.objects.filter(product=self.product).first()
        found = Thread.objects.get_or_create(
            part=part, text=self.order.name, defaults={"customer": self.customer}
        )[0]
        Reply.objects.get_or_create(thread=found, customer=self.customer, text=self.order.name)
        return found

    def _letter(self) -> Any:
        found = Conversation.objects.get_or_create(
            customer=self.customer, language="en", product=self.product
        )[0]
        Words.objects.get_or_create(conversation=found, text=self.order.name)
        return found

    def enclosed(self) -> Attachment:
        """Return the file that went with this store's letter."""
        words = Words.objects.filter(conversation=self._letter()).first()
        found = Attachment.objects.filter(message=words).first()
        if found is None:
            sent = enclosing.Judged(self.order.name, "jpg", "image/jpeg", b"pixels")
            enclosing.keep(words, [sent])
        return found or Attachment.objects.get(message=words)

    def _dispute(self) -> Any:
        facts = {"status": "needs_response", "amount": 4900, "currency": "ILS"}
        return Dispute.objects.get_or_create(
            payment=self.payment, stripe_id=f"du_{self.payment.payment_intent}", defaults=facts
        )[0]

    def _gift(self) -> Any:
        words = {"from_name": self.order.name, "deliver_at": self.order.placed_at}
        return Gift.objects.get_or_create(line=self.line, defaults=words)[0]

    def _team(self) -> Any:
        team = Team.objects.get_or_create(line=self.line, defaults={"manager": self.customer})[0]
        offered = {"to_email": "invited@example.com", "to_name": self.order.name}
        offered["invited_at"] = self.order.placed_at
        TeamPlace.objects.get_or_create(team=team, number=1, defaults=offered)
        return team

    def _subscription(self) -> Any:
        row = Subscription.objects.get_or_create(
            line=self.line,
            defaults={
                "order": self.order,
                "customer": self.customer,
                "product": self.product,
                "price": self.price,
                "amount": 4900,
                "currency": "ILS",
                "stripe_id": f"sub_{self.order.public_id}",
                "stripe_customer_id": "cus_x",
                "started_at": clock.now(),
                "next_charge_at": clock.now() + timedelta(days=30),
            },
        )[0]
        Bill.objects.get_or_create(
            stripe_id=f"in_{self.order.public_id}",
            defaults={
                "subscription": row,
                "order": self.order,
                "status": "paid",
                "amount": 4900,
                "written_at": clock.now(),
            },
        )
        LeavingReason.objects.get_or_create(
            subscription=row, defaults={"kind": "money", "words": self.order.name}
        )
        return row

    def _instalment_plan(self) -> Any:
        """Return monthly charges that somebody pays beside what goes on until it is left."""
        found = InstalmentPlan.objects.first()
        if found is not None:
            return found
        row = self._subscription()
        stripe_id = f"{row.stripe_id}_spread"
        line = OrderLine.objects.create(
            order=self.order,
            product=self.product,
            price=self.price,
            title=self.product.title,
            amount=4900,
            length="for_good",
            charges=4,
            later=4900,
        )
        row.pk, row.public_id, row.line, row.stripe_id = None, tokens.public_id(), line, stripe_id
        row.save()
        return InstalmentPlan.objects.create(subscription=row, n_total=4, n_paid=1, total=19600)

    def _difference(self) -> Any:
        about = {"kind": "order_status", "subject_type": "order", "subject": self.order.public_id}
        return Difference.objects.get_or_create(
            **about, store=self.store, order_id=self.order.pk, ours="paid"
        )[0]

    def _archive(self) -> Any:
        """Return an archive that is ready, with its file."""
        found = Archive.objects.filter(state="ready").first()
        if found is None:
            name = storages["private"].save(f"{tokens.public_id()}.zip", ContentFile(b"x"))
            found = Archive.objects.create(state="ready", name=name, size=1)
        return found

    def _domain(self) -> Any:
        """Return a domain of its own, proved; the walk's posts never reach DNS."""
        host = f"www.{self.order.name.split()[0].lower()}.localhost"
        return Domain.objects.get_or_create(host=host, defaults={"verified_at": clock.now()})[0]

    def _quiet_times(self) -> Any:
        return QuietTimes.objects.get_or_create(rest="shabbat", calendar="israel")[0]

    def _wording(self) -> Any:
        words = {"subject": "{number}", "text": "{links} {shelf_url}"}
        return Wording.objects.get_or_create(kind="receipt", language="en", defaults=words)[0]


def make_unpaid(line: OrderLine, customer: Customer, word: str, *, is_paid: bool = False) -> Bill:
    """Return a charge that failed, of what a line began; ``word`` makes it one.

    Of one that was paid after all Stripe is asked nothing.
    """
    now = clock.now()
    subscription = Subscription.objects.get_or_create(
        line=line,
        defaults={
            "order": line.order,
            "customer": customer,
            "product": line.product,
            "price": line.price,
            "amount": 4900,
            "currency": "ILS",
            "stripe_id": f"sub_{slugify(word)}",
            "status": "past_due",
            "started_at": now,
            "unpaid_since": now,
        },
    )[0]
    found: Bill = Bill.objects.get_or_create(
        subscription=subscription,
        stripe_id=f"in_{slugify(word)}",
        defaults={
            "status": "paid" if is_paid else "open",
            "paid_at": now if is_paid else None,
            "amount": 4900,
            "written_at": now,
            "failed_at": now,
            "pay_url": "https://invoice.stripe.com/i/walked",
            "fix_key": tokens.secret(),
        },
    )[0]
    return found


def notice_in(order: Order) -> CancelNotice:
    """Return a cancel notice about an order that waits for its answer."""
    found: CancelNotice = CancelNotice.objects.get_or_create(
        number=1,
        defaults={
            "order": order,
            "name": order.name,
            "text": order.name,
            "said_at": clock.now(),
            "state": "request",
            "because": "opened",
            "language": "en",
        },
    )[0]
    return found


def make_book(**over: Any) -> Product:
    """Return a published ebook with a file that can be read."""
    product = make_product("ebook", **over)
    part = Part.objects.create(
        product_id=product.pk, kind="epub", title=product.title, published_at=clock.now()
    )
    name = storages["private"].save(f"{tokens.public_id()}.epub", ContentFile(b"x"))
    Asset.objects.create(
        part=part,
        kind="epub",
        name=name,
        original_name="book.epub",
        media_type="application/epub+zip",
        size=1,
        sha256="0",
    )
    return product


def make_scene(store: Store, email: str, word: str) -> Scene:
    """Fill a store; ``word`` is in every name, so that it can be looked for elsewhere."""
    now = clock.now()
    with store_scope(store):
        product = make_book(title=f"{word} book")
        price = product.prices.get()
        user = User.objects.filter(email=email).first() or User.objects.create_user(email)
        customer = Customer.objects.get_or_create(user=user, defaults={"name": f"{word} reader"})[0]
        order = Order.objects.create(
            number=1001,
            attempt="a",
            customer=customer,
            email=email,
            name=customer.name,
            language="en",
            status="paid",
            currency="ILS",
            total=4900,
            provider="stripe",
            owned_before=True,
            terms_accepted_at=now,
            paid_at=now,
        )
        line = OrderLine.objects.create(
            order=order,
            product=price.product,
            price=price,
            title=product.title,
            amount=4900,
            length="for_good",
        )
        payment = Payment.objects.create(
            order=order, payment_intent=f"pi_{word}", amount=4900, currency="ILS", paid_at=now
        )
        refund = Refund.objects.create(
            payment=payment, amount=100, currency="ILS", state="succeeded", asks_line=True
        )
        access = grant_purchase(
            customer, price=price, option="", source=Source("order_line", str(line.pk)), now=now
        )[0]
        message = Message.objects.create(
            key="k", kind="receipt", language="en", to_address=email, state="failed", error="550"
        )
        staff = Staff.objects.filter(role="owner").get()
        log = write(staff, "change", product, ["Title"])
    return Scene(
        store, product, price, customer, access, order, line, payment, refund, message, staff, log
    )


@pytest.fixture
def scene(store: Store, charlie: Customer) -> Scene:
    """Alice's store, filled."""
    return make_scene(store, "charlie@example.com", "Linen")


@pytest.fixture
def other_scene(other_store: Store) -> Scene:
    """Dana's store, filled."""
    return make_scene(other_store, "erin@example.com", "Secretsauce")


@pytest.fixture
def alice_at(browse: Callable[..., Client], store: Store, alice: User) -> Client:
    """Alice's browser in her own store's admin."""
    return browse(store, alice)


def body_of(response: Any) -> str:
    """Return what a page or a download says, whatever it is made of."""
    raw = response.getvalue() if response.streaming else response.content
    return str(raw.decode("utf-8", "replace"))


def is_page(response: Any) -> bool:
    """Whether an answer is a page, and not a table or a file to keep."""
    return bool(response.get("Content-Type", "").startswith("text/html"))


def all_pages(scene: Scene) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield the name, address and filled-in parts of every page of the store's admin.

    A page with a part of its address that nobody listed here fails the walk: that is its purpose.
    """
    with store_scope(scene.store):
        yield from _named_pages(scene)


def _named_pages(scene: Scene) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for name in ("search", "autocomplete", "jsi18n"):
        yield name, reverse(f"admin:{name}"), {}
    for page in site.pages:
        kind = addable_formats()[0][0].key if page.name == "which-begin" else "business"
        part = [kind] if "<slug:key>" in page.route else []
        yield page.name, reverse(f"admin:{page.name}", args=part), {}  # no row is named by it
    for model, model_admin in site._registry.items():
        row = scene.row_of(model._meta.label_lower)
        filled = {
            "object_id": row.pk,
            "pk": row.pk,
            "customer_pk": scene.customer.pk,
            "price_pk": row.prices.first().pk if isinstance(row, Club) else scene.price.pk,
            "access_pk": scene.access.pk,
            "refund_id": scene.refund.public_id,
            "what": "twice",
            "table": "customers",
            "subject": scene.order.public_id,
            "upload_id": scene.upload().public_id,
            "edition_pk": scene.edition().pk,
            "drop_pk": scene.month().pk,
            "part_pk": scene.month().part.children.first().pk,
            "kind": "text",
            "product_pk": scene.product.pk,
            "block_id": scene.block_id,
            "version_pk": scene.page().shown_id,
            "act": "up",
            "note_pk": scene.note().pk,
            "place_pk": row.places.first().pk if isinstance(row, Team) else 0,
            "file_id": scene.enclosed().public_id,
            "number": 1,
            "said_id": getattr(row, "public_id", "none"),
        }
        for pattern in _patterns(model_admin.urls):
            if not pattern.name:
                continue
            wanted = pattern.pattern.converters
            missing = set(wanted) - set(filled)
            assert not missing, f"{pattern.name} has a part the walk does not know: {missing}"
            parts = {key: filled[key] for key in wanted}
            yield pattern.name, reverse(f"admin:{pattern.name}", kwargs=parts), parts


def _patterns(urls: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for each in urls:
        if isinstance(each, URLPattern):
            yield each
