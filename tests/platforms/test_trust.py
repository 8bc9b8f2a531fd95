"""Certificates: a network's own trusted roots (MAX's API host has a Russian one) serve that network alone."""

import datetime as dt
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from monitoring.platforms.base import Failure, PlatformError
from monitoring.platforms.transport import Transport

HOST = "127.0.0.1"


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    """A certificate that nobody knows, with its key in the same file: the root, and the server's own."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Root of the tests")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("roots") / "root.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"[]")

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def url(root) -> Iterator[str]:
    """A server under that certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(root)
    with HTTPServer((HOST, 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"https://{HOST}:{server.server_port}"
        server.shutdown()


@pytest.fixture(autouse=True)
def _trusted_by_max(root, settings):
    settings.NETWORK_CA_FILES = {**settings.NETWORK_CA_FILES, "max": str(root)}


def test_a_network_trusts_its_own_roots(url):
    transport = Transport("max")
    assert transport.send("GET", url).json() == []
    transport.close()


def test_the_others_do_not(url):
    transport = Transport("telegram")
    with pytest.raises(PlatformError) as caught:
        transport.send("GET", url)
    assert caught.value.failure == Failure.UNREACHABLE
    transport.close()
