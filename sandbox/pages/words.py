"""What the customer's pages say, in the two languages of Sevenfold."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from babel.dates import format_date

from sandbox.wire import Json

ENGLISH = {
    "pretend": "Pretend money. Nothing here is charged; real card numbers are refused.",
    "title": "Pay",
    "order": "Your order",
    "total": "Total",
    "email": "Email",
    "name": "Name on the card",
    "card": "Card number",
    "expiry": "Month / year",
    "cvc": "Security code",
    "pay": "Pay {amount}",
    "keep": "Save the card",
    "keep_title": "Save a card",
    "keep_help": "Nothing is charged now.",
    "subtotal": "Before the discount",
    "discount": "Discount",
    "code": "Discount code",
    "code_use": "Use the code",
    "code_drop": "Remove the code",
    "code_wrong": "This code gives nothing here.",
    "code_over": "The discount is no longer valid. Please look at the total again.",
    "take": "Finish",
    "back": "Back to the store",
    "cards": "Test cards",
    "cards_help": "Choose one and it is filled in.",
    "pays": "pays",
    "declined": "is declined",
    "no_funds": "has too little money",
    "asks": "asks the bank (3-D Secure)",
    "asks_always": "asks the bank every time",
    "inquiry": "pays; the bank inquires a minute later",
    "fails_later": "can be saved, fails when charged",
    "disputed": "pays, is disputed a minute later",
    "refund_waits": "pays; a refund takes a minute",
    "refund_fails": "pays; a refund fails a minute later",
    "need_email": "Please write an email address.",
    "not_a_test_card": "This is not a test card. The sandbox takes only the ones listed here.",
    "card_declined": "The card was declined. Please try another.",
    "insufficient_funds": "There is too little money on this card. Please try another.",
    "expired_card": "The card has expired. Please try another.",
    "incorrect_cvc": "The security code is wrong.",
    "processing_error": "Something went wrong at the card company. Please try again.",
    "payment_intent_authentication_failure": "The bank did not confirm. Please try again, or with"
    " another card.",
    "expired_title": "This page has expired",
    "expired_help": "Nothing was charged. Go back to the store to start again.",
    "gone_title": "There is no such page",
    "gone_help": "Perhaps the sandbox was emptied since. Start again from the store.",
    "bank_title": "Your bank asks",
    "bank_help": "A pretend bank wants to know whether it is you who pays {amount}.",
    "bank_keep": "A pretend bank wants to know whether it is you who saves this card.",
    "setup_intent_authentication_failure": "The bank did not confirm. Please try again, or with"
    " another card.",
    "bank_yes": "Yes, confirm",
    "bank_no": "No, refuse",
    "bank_done": "This question is answered already.",
    "other_language": "עברית",
    "subscribe": "Subscribe and pay {amount}",
    "begin": "Begin",
    "next_charge": "Next charge: {amount} on {date}",
    "trial": "Free until {date}",
    "every_day": "Every day, until you cancel",
    "every_week": "Every week, until you cancel",
    "every_month": "Every month, until you cancel",
    "every_quarter": "Every quarter, until you cancel",
    "every_year": "Every year, until you cancel",
    "every_n_day": "Every {count} days, until you cancel",
    "every_n_week": "Every {count} weeks, until you cancel",
    "every_n_month": "Every {count} months, until you cancel",
    "every_n_year": "Every {count} years, until you cancel",
    "invoice": "Invoice",
    "invoice_draft": "This invoice is not final yet.",
    "invoice_paid": "This invoice is paid. Thank you.",
    "invoice_void": "This invoice was taken back: nothing is to be paid.",
    "portal": "Your payments",
    "portal_subscriptions": "What you pay for",
    "portal_nothing": "Nothing at the moment.",
    "portal_ends": "Ends on {date}; nothing is charged any more.",
    "portal_leave": "Cancel at the end of what is paid",
    "portal_stay": "Do not cancel",
    "portal_scheduled": "This cannot be changed here. Please ask the store.",
    "portal_card": "Pay with another card",
    "portal_invoices": "Invoices",
}
HEBREW = {
    "pretend": "כסף בכאילו. שום דבר לא מחויב כאן, ומספרים של כרטיסים אמיתיים לא מתקבלים.",
    "title": "תשלום",
    "order": "ההזמנה שלך",
    "total": "סך הכול",
    "email": "אימייל",
    "name": "השם על הכרטיס",
    "card": "מספר הכרטיס",
    "expiry": "חודש / שנה",
    "cvc": "קוד אבטחה",
    "pay": "לשלם {amount}",
    "keep": "לשמור את הכרטיס",
    "keep_title": "שמירת כרטיס",
    "keep_help": "שום דבר לא מחויב עכשיו.",
    "subtotal": "לפני ההנחה",
    "discount": "הנחה",
    "code": "קוד הנחה",
    "code_use": "להשתמש בקוד",
    "code_drop": "להסיר את הקוד",
    "code_wrong": "הקוד הזה לא נותן כאן הנחה.",
    "code_over": "ההנחה כבר לא בתוקף. כדאי להסתכל שוב על הסכום.",
    "take": "לסיים",
    "back": "חזרה לחנות",
    "cards": "כרטיסים לניסיון",
    "cards_help": "בוחרים כרטיס והפרטים מתמלאים.",
    "pays": "משלם",
    "declined": "נדחה",
    "no_funds": "אין בו מספיק כסף",
    "asks": "הבנק שואל (3‎-D Secure)",
    "asks_always": "הבנק שואל בכל פעם",
    "inquiry": "משלם; הבנק מברר אחרי דקה",
    "fails_later": "נשמר, אבל החיוב נכשל",
    "disputed": "משלם, ומוכחש אחרי דקה",
    "refund_waits": "משלם; החזר לוקח דקה",
    "refund_fails": "משלם; החזר נכשל אחרי דקה",
    "need_email": "צריך לכתוב כתובת אימייל.",
    "not_a_test_card": "זה לא כרטיס לניסיון. מתקבלים כאן רק הכרטיסים שברשימה.",
    "card_declined": "הכרטיס נדחה. אפשר לנסות כרטיס אחר.",
    "insufficient_funds": "אין מספיק כסף בכרטיס הזה. אפשר לנסות כרטיס אחר.",
    "expired_card": "תוקף הכרטיס פג. אפשר לנסות כרטיס אחר.",
    "incorrect_cvc": "קוד האבטחה שגוי.",
    "processing_error": "משהו השתבש אצל חברת האשראי. אפשר לנסות שוב.",
    "payment_intent_authentication_failure": "הבנק לא אישר. אפשר לנסות שוב, או כרטיס אחר.",
    "expired_title": "תוקף הדף פג",
    "expired_help": "שום דבר לא חויב. אפשר לחזור לחנות ולהתחיל מחדש.",
    "gone_title": "אין כאן דף כזה",
    "gone_help": "אולי ארגז החול רוקן בינתיים. אפשר להתחיל מחדש מהחנות.",
    "bank_title": "שאלה מהבנק",
    "bank_help": "בנק בכאילו רוצה לדעת אם התשלום של {amount} הוא שלך.",
    "bank_keep": "בנק בכאילו רוצה לדעת אם הכרטיס נשמר על ידך.",
    "setup_intent_authentication_failure": "הבנק לא אישר. אפשר לנסות שוב, או כרטיס אחר.",
    "bank_yes": "כן, לאשר",
    "bank_no": "לא, לסרב",
    "bank_done": "על השאלה הזאת כבר ענו.",
    "other_language": "English",
    "subscribe": "להצטרף ולשלם {amount}",
    "begin": "להתחיל",
    "next_charge": "החיוב הבא: {amount} ב־{date}",
    "trial": "בחינם עד {date}",
    "every_day": "בכל יום, עד שמבטלים",
    "every_week": "בכל שבוע, עד שמבטלים",
    "every_month": "בכל חודש, עד שמבטלים",
    "every_quarter": "בכל רבעון, עד שמבטלים",
    "every_year": "בכל שנה, עד שמבטלים",
    "every_n_day": "כל {count} ימים, עד שמבטלים",
    "every_n_week": "כל {count} שבועות, עד שמבטלים",
    "every_n_month": "כל {count} חודשים, עד שמבטלים",
    "every_n_year": "כל {count} שנים, עד שמבטלים",
    "invoice": "חשבון לתשלום",
    "invoice_draft": "החשבון הזה עוד לא סופי.",
    "invoice_paid": "החשבון הזה שולם. תודה.",
    "invoice_void": "החשבון הזה בוטל: אין מה לשלם.",
    "portal": "התשלומים שלך",
    "portal_subscriptions": "מה שמשלמים עליו",
    "portal_nothing": "כרגע אין כלום.",
    "portal_ends": "נגמר ב־{date}; לא יהיו עוד חיובים.",
    "portal_leave": "לבטל בסוף התקופה ששולמה",
    "portal_stay": "לא לבטל",
    "portal_scheduled": "אי אפשר לשנות את זה כאן. אפשר לפנות לחנות.",
    "portal_card": "לשלם בכרטיס אחר",
    "portal_invoices": "חשבונות",
}
WORDS = {"en": ENGLISH, "he": HEBREW}


def rhythm(recurring: Json, language: str) -> str:
    """Return how often a price comes back."""
    interval, count = recurring["interval"], recurring["interval_count"]
    if (interval, count) == ("month", 3):
        interval, count = "quarter", 1
    many = "" if count == 1 else "n_"
    return WORDS[language][f"every_{many}{interval}"].format(count=count)


def day(seconds: int, language: str) -> str:
    """Return the day, UTC, as people write it."""
    at = datetime.fromtimestamp(seconds, UTC)
    return str(format_date(at.date(), format="long", locale=language))


def language_of(session: Json | None, items: list[Json], asked: str, accepted: str) -> str:
    """Return `he` or `en`: what was asked for, the session's locale, or the best guess.

    Stripe has no Hebrew checkout and refuses `locale=he`; so with `auto` the sandbox looks at what
    is sold, then at what the browser likes.
    """
    if asked in WORDS:
        return asked
    locale = (session or {}).get("locale")
    if locale not in {None, "auto"}:
        return "en"
    if any(re.search("[א-ת]", item["description"] or "") for item in items):
        return "he"
    return "he" if re.match(r"\s*(he|iw)\b", accepted) else "en"
