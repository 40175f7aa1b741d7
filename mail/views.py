"""Reading, on the machine that wrote them, the mails that were written to files."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from mail.services.mailbox import StoredMail, find_mail, newest_mails

MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
"""A mail's HTML as a mail program would treat it: styles, no scripts, no forms, no origin."""


def _local_only() -> None:
    if not settings.LOCAL:
        raise Http404


def _mail_or_404(mail_id: str) -> StoredMail:
    mail = find_mail(mail_id)
    if mail is None:
        raise Http404
    return mail


@never_cache
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """List the newest mails, codes in large type."""
    _local_only()
    return render(request, "mail/mailbox.html", {"mails": newest_mails()})


@never_cache
@require_safe
def mail(request: HttpRequest, mail_id: str) -> HttpResponse:
    """Show one mail: its HTML in a frame without rights, and its text with links."""
    _local_only()
    return render(request, "mail/mail.html", {"mail": _mail_or_404(mail_id)})


@never_cache
@require_safe
@xframe_options_sameorigin
def mail_html(_request: HttpRequest, mail_id: str) -> HttpResponse:
    """Answer the mail's own HTML, for the frame."""
    _local_only()
    html = _mail_or_404(mail_id).html.replace("<head>", '<head><base target="_blank">', 1)
    return HttpResponse(html, headers={"Content-Security-Policy": MAIL_POLICY})
