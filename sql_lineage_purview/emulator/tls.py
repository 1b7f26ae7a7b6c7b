"""HTTPS on this machine, by an authority made on the spot.

The authority vouches for 127.0.0.1, and clients can be told to trust it.

This module alone loads `cryptography`; import it where TLS is asked for.
"""

from __future__ import annotations

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from .error_codes import EmulatorError

_ADDRESS, _HOST = "127.0.0.1", "localhost"
# the clock of a container may be behind that of its host
_BEFORE = timedelta(days=1)
_LIFE = timedelta(days=30)


class LoopbackAuthority:
    """A certificate authority for this machine.

    Nobody trusts it who is not told to, and its key lives in memory alone.

    Attributes:
        certificate: Its certificate, PEM. Give it to clients as their authority
            (`REQUESTS_CA_BUNDLE`).
    """

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("sql-lineage-purview emulator, for this machine alone")
        extensions = (
            (x509.BasicConstraints(ca=True, path_length=0), True),
            (_usage(authority=True), True),
        )
        self.certificate = self._certify(self._name, self._key, extensions)

    def write(self, path: Path) -> None:
        """Write the authority's certificate, without any key, to a file.

        Raises:
            EmulatorError: The file cannot be written.
        """
        try:
            path.write_bytes(self.certificate)
        except OSError as error:
            raise EmulatorError(
                f"{path}: the authority's certificate cannot be written ({error.strerror})"
            ) from error

    def server_context(self) -> ssl.SSLContext:
        """TLS for a server on this machine, for 127.0.0.1 and localhost.

        It uses a certificate of this authority.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        hosts = x509.SubjectAlternativeName(
            [x509.IPAddress(ipaddress.ip_address(_ADDRESS)), x509.DNSName(_HOST)]
        )
        extensions: tuple[tuple[x509.ExtensionType, bool], ...] = (
            (x509.BasicConstraints(ca=False, path_length=None), True),
            (_usage(authority=False), True),
            (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
            (hosts, False),
        )
        certificate = self._certify(_name(_HOST), key, extensions)
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        # `ssl` reads keys from files alone: for this moment it stands in a folder that only this
        # user can read.
        with TemporaryDirectory(prefix="sql-lineage-purview-") as folder:
            file = Path(folder) / "server.pem"
            file.touch(mode=0o600)
            file.write_bytes(private + certificate)
            context.load_cert_chain(file)
        return context

    def _certify(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        extensions: tuple[tuple[x509.ExtensionType, bool], ...],
    ) -> bytes:
        """A certificate, PEM; each extension comes with whether it is critical."""
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder(
            self._name, subject, key.public_key(), x509.random_serial_number()
        )
        builder = builder.not_valid_before(now - _BEFORE).not_valid_after(now + _LIFE)
        identified = (
            (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
            (x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), False),
        )
        for extension, critical in (*extensions, *identified):
            builder = builder.add_extension(extension, critical=critical)
        return builder.sign(self._key, SHA256()).public_bytes(Encoding.PEM)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _usage(*, authority: bool) -> x509.KeyUsage:
    unused = (
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        **dict.fromkeys(unused, False),
    )
