"""System checks: a format without its model, urls or templates does not start."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.template import TemplateDoesNotExist
from django.template.loader import get_template

from products.contract import ProductFormat, formats


@register("formats")
def check_formats(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Return what each registered format lacks."""
    return [message for each in formats for message in check_format(each)]


def check_format(product_format: ProductFormat) -> list[CheckMessage]:
    """Return what one format lacks; the built-in bundle is exempt."""
    if product_format.is_built_in:
        return []
    messages: list[CheckMessage] = []
    if product_format.model is None:
        messages.append(_error(product_format, "has no model", "E001"))
    if not product_format.url_prefix or not _imports(product_format.urlconf):
        messages.append(_error(product_format, "has no urls", "E002"))
    if not product_format.templates:
        messages.append(_error(product_format, "names no templates", "E003"))
    messages += [
        _error(product_format, f"lacks its template {name}", "E004")
        for name in product_format.templates
        if not _template_exists(name)
    ]
    return messages


def _error(product_format: ProductFormat, what: str, number: str) -> Error:
    return Error(f"The format {product_format.key!r} {what}.", id=f"products.{number}")


def _imports(urlconf: str) -> bool:
    try:
        return bool(urlconf) and hasattr(import_module(urlconf), "urlpatterns")
    except ImportError:
        return False


def _template_exists(name: str) -> bool:
    try:
        get_template(name)
    except TemplateDoesNotExist:
        return False
    return True
