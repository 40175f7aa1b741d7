"""Addresses of our pages in a chosen language, from a request and from a worker alike."""

from stores.services.addresses import page_url

__all__ = ["page_url"]
