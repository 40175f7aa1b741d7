"""nginx with the configuration of deploy/, on the loopback before a server of the tests."""

from __future__ import annotations

import os
import re
import ssl
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPSConnection
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.plugins.tools import nginx_program
from tests.work.servers import Server, free_port

CONFIGURATION = Path(__file__).resolve().parents[2] / "deploy" / "nginx" / "sevenfold.conf"
MAIN = """{user}daemon off;
pid {place}/nginx.pid;
error_log {place}/error.log info;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {place}/body;
    proxy_temp_path {place}/proxy;
    fastcgi_temp_path {place}/fastcgi;
    uwsgi_temp_path {place}/uwsgi;
    scgi_temp_path {place}/scgi;
    include {place}/sevenfold.conf;
}}
"""


class Answer(NamedTuple):
    """What came back, with the names of its headers in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Nginx:
    """nginx while it runs, seen by somebody at a store's host."""

    server: Server
    host: str
    trust: ssl.SSLContext
    place: Path
    plain_port: int
    cookie: str = ""

    def ask(self, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> Answer:
        """Send the path just as it is written; keywords are headers, with _ for -."""
        way = HTTPSConnection(
            "127.0.0.1",
            self.server.port,
            timeout=30,
            context=self.trust,
        )
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"Host": self.host, "Cookie": self.cookie} | sent
        try:
            way.request(method, path, body or None, sent)
            response = way.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, found, response.read())
        finally:
            way.close()


def nginx_before(upstream: str, private: Path, place: Path, host: str) -> Nginx:
    """Make nginx ready to be started: its own lines are the ones of deploy/, but for places."""
    port, plain = free_port(), free_port()
    changes = {
        "127.0.0.1:8000": urlsplit(upstream).netloc,
        "listen 80 ": f"listen 127.0.0.1:{plain} ",
        "listen 443 ": f"listen 127.0.0.1:{port} ",
        "/etc/ssl/sevenfold/": f"{place}/",
        "/srv/sevenfold/var/private/": f"{private}/",
        "root /srv/sevenfold/var;": f"root {place};",
        "/var/www/acme": f"{place}/acme",
    }
    text = CONFIGURATION.read_text()
    for here, there in changes.items():
        assert text.count(here) >= 1, here
        text = text.replace(here, there)
    trust = _certificate(place)
    (place / "sevenfold.conf").write_text(text)
    user = "user root;\n" if os.geteuid() == 0 else ""
    (place / "nginx.conf").write_text(MAIN.format(user=user, place=place))
    command = [str(nginx_program()), "-c", str(place / "nginx.conf"), "-p", str(place)]
    tried = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr
    assert not re.search(r"\[warn\](?!.*listen \.\.\. http2)", tried.stderr), tried.stderr
    return Nginx(Server(command, place / "nginx.log", port), host, trust, place, plain)


def _certificate(place: Path) -> ssl.SSLContext:
    """Make a certificate nobody but this test trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    kind = serialization.Encoding.PEM
    (place / "fullchain.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(kind))
    plain = serialization.NoEncryption()
    packed = key.private_bytes(kind, serialization.PrivateFormat.PKCS8, plain)
    (place / "privkey.pem").write_bytes(packed)
    trust = ssl.create_default_context(cafile=place / "fullchain.pem")
    trust.check_hostname = False
    return trust
