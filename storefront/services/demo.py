"""The demo stores' own pages: about the maker, a landing page with a gift, policies, menus."""

from __future__ import annotations

from typing import Any

from django.utils.translation import override

from core import clock
from products.models import Price, Product
from storefront.models import MailingList, Menu, Page
from storefront.services.navigation import rebuild
from storefront.services.pages.drafts import new_block
from storefront.services.pages.making import create_page
from storefront.services.pages.publishing import publish
from stores.models import Store

WORDS: dict[str, dict[str, Any]] = {
    "he": {
        "about": {
            "title": "מי אני",
            "heading": "המטבח שבו לומדים לתפור",
            "lead": "ארבע סביב שולחן אחד, מכונה אחת שעובדת, ותה.",
            "text": (
                "התחלתי לתפור כי בגדים לא ישבו עליי. אף אחד לא הסביר למה, אז פירקתי חולצות עד"
                " שהבנתי.\n\nהיום אני כותבת את מה שהייתי רוצה לקבל אז: **הוראות שעובדות בפעם"
                " הראשונה**, תמונות מהצד הנכון, ומה עושים כשזה לא מצליח."
            ),
            "quote": "תפר ישר הוא לא כישרון. הוא שולחן בגובה הנכון.",
            "how": "איך זה עובד",
            "steps": [
                {"title": "בוחרים דבר אחד קטן", "note": "ערב"},
                {"title": "תופרים אותו פעמיים", "note": "שני ערבים"},
                {"title": "לובשים אותו החוצה", "note": "בוקר"},
            ],
        },
        "landing": {
            "title": "טבלת המידות",
            "slug": "טבלת-מידות",
            "heading": "טבלת המידות שתלויה לי ליד המכונה",
            "kick": "מתנה",
            "lead": "עמוד אחד להדפסה: מידות, תוספות תפירה ומרווחים, בלי לחפש.",
            "features": "מה יש בה",
            "rows": [
                {"title": "מידות גוף", "text": "ילדות, נשים וגברים, עם מקום לכתוב את שלך."},
                {"title": "תוספות תפירה", "text": "כמה להשאיר בצוואר, בשרוול, במכפלת."},
                {"title": "מה לעשות כשבין מידות", "text": "שלוש שאלות שמכריעות, במקום ניחוש."},
            ],
            "join": "לאן לשלוח?",
            "join_text": "המתנה נפתחת ברגע שהכתובת אושרה במייל.",
            "button": "לשלוח לי את הטבלה",
            "questions": "שאלות",
            "asked": [
                {
                    "question": "זה באמת בחינם?",
                    "answer": (
                        "כן. אין כרטיס אשראי ואין תקופת ניסיון. אפשר לקבל את הטבלה"
                        " גם בלי להירשם לחדשות."
                    ),
                },
                {
                    "question": "ומה עם המייל שלי?",
                    "answer": "הוא נשמר רק אצלי. בכל מייל יש קישור שמפסיק, בלחיצה אחת.",
                },
            ],
        },
        "list": "חדשות מהמטבח",
        "shop": "החנות",
        "help": "עזרה",
    },
    "en": {
        "about": {
            "title": "About",
            "heading": "Bread, written down",
            "lead": (
                "Eleven years of nights in a bakery, one home oven, and no"
                " patience left for secrets."
            ),
            "text": (
                "I started at four in the morning because nobody else wanted to. After eleven years"
                " I knew what makes bread work, and that almost none of it is in recipes.\n\nSo I"
                " write down **what to look at, what to touch, and when to wait**. Every page"
                " here was baked by somebody who had never baked before, and"
                " rewritten until it worked."
            ),
            "quote": "Your oven is not the problem. Your clock is.",
            "how": "How it goes",
            "steps": [
                {"title": "Mix before supper", "note": "ten minutes"},
                {"title": "Let the fridge work", "note": "a night"},
                {"title": "Bake while the coffee runs", "note": "a morning"},
            ],
        },
        "landing": {
            "title": "The first-loaf sheet",
            "slug": "first-loaf-sheet",
            "heading": "One sheet for your first loaf",
            "kick": "A gift",
            "lead": (
                "Times, temperatures and what to look for, on a page you can stick to the fridge."
            ),
            "features": "What is on it",
            "rows": [
                {
                    "title": "A clock that fits a working day",
                    "text": "Mixed at seven, baked at seven.",
                },
                {
                    "title": "What the dough should look like",
                    "text": "In words you can check with one finger.",
                },
                {
                    "title": "What went wrong",
                    "text": "Flat, dense, pale: the one thing to change next time.",
                },
            ],
            "join": "Where shall I send it?",
            "join_text": "It opens as soon as you confirm the address by mail.",
            "button": "Send me the sheet",
            "questions": "Questions",
            "asked": [
                {
                    "question": "Is it really free?",
                    "answer": "Yes. No card and no trial. You get the sheet with news and without.",
                },
                {
                    "question": "What happens with my address?",
                    "answer": (
                        "It stays with me. Every mail has a link that ends it with one press."
                    ),
                },
            ],
        },
        "list": "News from the oven",
        "shop": "The shop",
        "help": "Help",
    },
}


def make_demo_pages(store: Store, language: str) -> None:
    """Give the demo store in scope its pages, once."""
    if Page.objects.exists() or language not in WORDS:
        return
    words = WORDS[language]
    listed = MailingList.objects.get_or_create(title=words["list"])[0]
    about = _make(Page.Kind.ABOUT, words["about"], language, _about(words["about"]))
    landing = _make(
        Page.Kind.LANDING, words["landing"], language, _landing(words["landing"], listed, _gift())
    )
    for code in (store.language, *store.other_languages):
        for topic in Page.Topic:
            title = _title(topic, code)
            page = create_page(
                Page.Kind.POLICY,
                title=title,
                topic=topic,
                slug=_slug(topic, code, store),
                language=code,
                now=clock.now(),
            )
            publish(page, staff=None, now=clock.now())
    Menu.objects.get_or_create(
        language=language,
        defaults={
            "header": [_link(about)],
            "footer": [
                {"label": words["shop"], "leads_to": "home", "url": "", "below": False},
                {**_link(about), "below": True},
                {**_link(landing), "below": True},
            ],
        },
    )
    rebuild(store)


def _make(kind: str, words: dict[str, Any], language: str, blocks: list[dict[str, Any]]) -> Page:
    page = create_page(
        kind,
        title=words["title"],
        slug=words.get("slug", ""),
        language=language,
        now=clock.now(),
        blocks=blocks,
    )
    Page.objects.filter(pk=page.pk).update(description=words["lead"][:160])
    publish(page, staff=None, now=clock.now())
    return page


def _about(words: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        new_block("hero", {"heading": words["heading"], "lead": words["lead"]}),
        new_block("text", {"heading": "", "text": words["text"]}),
        new_block("quote", {"text": words["quote"], "name": ""}),
        new_block("outline", {"heading": words["how"], "rows": words["steps"]}),
        new_block("products", {"heading": "", "category": "", "rows": []}),
    ]


def _landing(
    words: dict[str, Any], listed: MailingList, gift: Product | None
) -> list[dict[str, Any]]:
    opening = {"heading": words["heading"], "kick": words["kick"], "lead": words["lead"]}
    join = {
        "heading": words["join"],
        "text": words["join_text"],
        "button": words["button"],
        "asks_name": True,
        "list": str(listed.pk),
        "consent": "",
        "gift": gift.public_id if gift else "",
        "gift_url": "",
    }
    return [
        new_block("hero", opening),
        new_block("features", {"heading": words["features"], "rows": words["rows"]}),
        new_block("signup", join),
        new_block("questions", {"heading": words["questions"], "rows": words["asked"]}),
    ]


def _gift() -> Product | None:
    free = Price.objects.filter(kind=Price.Kind.FREE, is_active=True)
    found: Product | None = Product.objects.listed().filter(prices__in=free).first()
    return found


def _link(page: Page) -> dict[str, Any]:
    return {"label": page.title, "leads_to": f"page:{page.public_id}", "url": "", "below": False}


def _title(topic: Page.Topic, language: str) -> str:
    with override(language):
        return str(topic.label)


def _slug(topic: Page.Topic, language: str, store: Store) -> str:
    return topic.value if language == store.language else f"{topic.value}-{language}"
