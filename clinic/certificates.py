"""What a visitor's browser sees of the clinic's certificate."""

import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from cryptography import x509

WAIT_SECONDS = 3.0


@dataclass(frozen=True)
class Seen:
    """The certificate that was shown at an address, or why none was seen."""

    host: str
    names: tuple[str, ...] = ()
    issuer: str = ""
    until: datetime | None = None
    trouble: str = ""

    def days_left(self, at: datetime) -> int:
        return (self.until - at).days if self.until else 0

    @property
    def fits(self) -> bool:
        """Say whether the certificate names the host that was asked for."""
        wild = "*." + self.host.partition(".")[2]
        return self.host in self.names or wild in self.names


def look(address: str) -> Seen:
    """Ask an https address for its certificate, whoever issued it."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme != "https":
        return Seen(host, trouble="The address does not begin with https://.")
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # it is read, nothing is entrusted to it
    try:
        with (
            socket.create_connection((host, parts.port or 443), WAIT_SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=host) as line,
        ):
            shown = line.getpeercert(binary_form=True)
    except OSError as error:
        return Seen(host, trouble=str(error) or type(error).__name__)
    return read(host, shown or b"")


def read(host: str, der: bytes) -> Seen:
    """Read names, issuer and last day from a certificate."""
    found = x509.load_der_x509_certificate(der)
    try:
        named = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = tuple(map(str, [*named.get_values_for_type(x509.DNSName), *named.get_values_for_type(x509.IPAddress)]))
    except x509.ExtensionNotFound:
        names = ()
    until = found.not_valid_after_utc.astimezone(UTC)
    return Seen(host, names, found.issuer.rfc4514_string(), until)
