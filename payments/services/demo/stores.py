"""Demo stores: two shops with real books, who runs them, and who may sign in as a customer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from accounts.models import User
from core import clock
from payments.services.demo.furnishing import furnish
from products.contract import formats
from products.services.demo import make_demo_bundle
from products.services.demo_tiers import make_demo_tier
from stores.models import Look, Staff, Store
from stores.roles import Role
from stores.scope import store_scope
from stores.services.opening import host_for, open_store, touch
from stores.slots import demo_rooms


@dataclass(frozen=True)
class DemoStore:
    """What one demo store is like."""

    label: str
    name: str
    tagline: str
    about: str
    language: str
    languages: tuple[str, ...]
    currency: str
    zone: str
    look: dict[str, str | int]
    owner: tuple[str, str]
    """Address and name."""
    helper: tuple[str, str]
    business: dict[str, str] = field(default_factory=dict)
    home: tuple[str, str, str, str, str, str] = ("", "", "", "", "", "")
    """Where parcels go: country, street, house, town, region, postcode."""
    carrier: str = ""
    customers: tuple[tuple[str, str], ...] = field(default=())
    """Who has bought here in the last year; the first two are named as people to sign in as."""


STORES = (
    DemoStore(
        label="thread",
        name="חוט ומחט",
        tagline="לתפור לבד, לאט ובשמחה",
        about=(
            "אני נועה. שמונה־עשרה שנה אני תופרת, ועשר מהן מלמדת במטבח שלי, ארבע סביב שולחן אחד."
            "\n\nמה שכתוב כאן נבדק על אנשים שלא החזיקו מחט מימיהם. אם משהו לא ברור, כותבים לי"
            " ואני מתקנת את הספר."
        ),
        language="he",
        languages=("he", "en"),
        currency="ILS",
        zone="Asia/Jerusalem",
        look={"colour": "#A8412C", "type_pair": "book", "corner": 2, "mark_line": "seam"},
        owner=("noa@example.com", "נועה ארז"),
        helper=("michal@example.com", "מיכל"),
        business={
            "legal_name": "נועה ארז",
            "kind": "licensed",
            "tax_id": "123456782",
            "address": "הרצל 5",
            "city": "חיפה",
            "postcode": "3303105",
            "country": "IL",
            "phone": "04-555-0142",
            "email": "noa@example.com",
        },
        home=("IL", "הנביאים", "12", "ירושלים", "", "9510422"),
        carrier="israel_post",
        customers=(
            ("tamar@example.com", "תמר לוי"),
            ("yoav@example.com", "יואב כהן"),
            ("rinat@example.com", "רינת ביטון"),
            ("gili@example.com", "גילי שחר"),
            ("dalia@example.com", "דליה מזרחי"),
            ("nir@example.com", "ניר אלון"),
            ("hila@example.com", "הילה פרץ"),
            ("amal@example.com", "אמל חורי"),
            ("shira@example.com", "שירה בן־דוד"),
            ("ilana@example.com", "אילנה גרינברג־שטיינמץ"),
            ("noam@example.com", "נעם רוזן"),
        ),
    ),
    DemoStore(
        label="crumb",
        name="Salt & Crumb",
        tagline="Bread for people with jobs",
        about=(
            "I’m Ruth. I baked nights for eleven years and now I write down what I learned, for"
            " kitchens with one oven and no patience.\n\nEverything here was baked by somebody"
            " who had never baked before, and rewritten until it worked."
        ),
        language="en",
        languages=("en",),
        currency="USD",
        zone="America/New_York",
        look={"colour": "#2F5D50", "type_pair": "clear", "corner": 12, "mark_line": "dots"},
        owner=("ruth@example.com", "Ruth Calder"),
        helper=("ben@example.com", "Ben"),
        business={
            "legal_name": "Ruth Calder",
            "kind": "unregistered",
            "address": "18 Mill Lane",
            "city": "Portland, ME",
            "postcode": "04101",
            "country": "US",
            "email": "ruth@example.com",
        },
        home=("US", "207 Congress Street", "", "Portland", "ME", "04101"),
        carrier="usps",
        customers=(
            ("sam@example.com", "Sam Okafor"),
            ("maya@example.com", "Maya Lind"),
            ("priya@example.com", "Priya Raman"),
            ("tom@example.com", "Tom Whitfield"),
            ("aoife@example.com", "Aoife Brennan"),
            ("luis@example.com", "Luis Ortega"),
            ("hanna@example.com", "Hanna Koskinen"),
            ("grace@example.com", "Grace Adeyemi"),
            ("ed@example.com", "Ed Marsh"),
            ("bartholomew@example.com", "Bartholomew Featherstonehaugh-Smith"),
            ("june@example.com", "June Park"),
        ),
    ),
)
A_YEAR = timedelta(days=365)
OPENED = timedelta(days=440)
"""How long ago they opened: before the first member of the club joined."""


def make_demo_stores() -> list[Store]:
    """Open the demo stores with everything in them, once; what is there already stays."""
    return [_find_or_open(demo) for demo in STORES]


def _find_or_open(demo: DemoStore) -> Store:
    store = Store.objects.at_host(host_for(demo.label)).first()
    if store is None:
        with clock.standing_at(clock.now() - OPENED):
            store = open_store(
                _user(demo.owner[0]),
                name=demo.name,
                label=demo.label,
                language=demo.language,
                currency=demo.currency,
                colour=str(demo.look["colour"]),
                owner_name=demo.owner[1],
            )
        Store.objects.filter(pk=store.pk).update(
            tagline=demo.tagline,
            about=demo.about,
            languages=list(demo.languages),
            time_zone=demo.zone,
        )
        Look.objects.filter(store=store).update(**demo.look)
        store.refresh_from_db()
    with store_scope(store):
        Staff.objects.get_or_create(
            user=_user(demo.helper[0]), defaults={"name": demo.helper[1], "role": Role.SUPPORT}
        )
        for product_format in formats:
            product_format.demo(store, demo.language)
        make_demo_bundle(demo.language, clock.now() - A_YEAR)
        make_demo_tier(demo.language, clock.now())
        furnish(demo.business, demo.language)
        for furnish_more in demo_rooms.all():
            furnish_more(store, demo.language)
        touch(store)
    return store


def _user(email: str) -> User:
    return User.objects.filter(email=email).first() or User.objects.create_user(email)
