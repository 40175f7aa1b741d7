"""The two storages of files, public pictures and private assets, from one environment variable."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

Storage = dict[str, Any]
SIGNED_FOR_SECONDS = 60


def s3_storages(url: str) -> dict[str, Storage]:
    """Return Django's settings for ``s3://bucket?endpoint=https://…&region=…``.

    Credentials come from the environment as boto3 reads it (AWS_ACCESS_KEY_ID and so on), or from
    the machine's role; they are never written in the address.
    """
    parts = urlsplit(url)
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    options: dict[str, Any] = {
        "bucket_name": parts.netloc,
        "endpoint_url": asked.get("endpoint"),
        "region_name": asked.get("region"),
        "addressing_style": "path" if "endpoint" in asked else "virtual",
        "signature_version": "s3v4",
        "default_acl": None,
        "file_overwrite": False,
        "querystring_auth": True,
        "querystring_expire": SIGNED_FOR_SECONDS,
    }
    backend = "storages.backends.s3.S3Storage"
    return {
        "default": {"BACKEND": backend, "OPTIONS": options | {"location": "public"}},
        "private": {"BACKEND": backend, "OPTIONS": options | {"location": "private"}},
    }


def s3_origin(url: str) -> str:
    """Return the origin a reader's browser fetches from, for the content security policy."""
    parts = urlsplit(url)
    asked = parse_qs(parts.query)
    if "endpoint" in asked:
        endpoint = urlsplit(asked["endpoint"][-1])
        return f"{endpoint.scheme}://{endpoint.netloc}"
    region = f".{asked['region'][-1]}" if "region" in asked else ""
    return f"https://{parts.netloc}.s3{region}.amazonaws.com"
