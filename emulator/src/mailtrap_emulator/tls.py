# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS contexts: with a new certificate, or with the user's."""

import ssl
import tempfile
from pathlib import Path

from .http.routing import HOSTS

NAMES = ("localhost", "127.0.0.1", "::1", *HOSTS)


class TlsError(Exception):
    """TLS cannot be set up. The message is one sentence for the user."""


def create_context(host: str) -> tuple[ssl.SSLContext, Path]:
    """Create a TLS context and the file of the certificate authority that signed its certificate.

    The certificate is valid for ``host``, the loopback addresses and the host names of the service. The caller must
    remove the file.

    :raises TlsError: if trustme is missing.
    """
    try:
        # trustme is an extra, and slow to import.
        import trustme
    except ImportError:
        raise TlsError("--tls needs the trustme package: pip install 'mailtrap-emulator[tls]'.") from None
    authority = trustme.CA(organization_name="mailtrap-emulator")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*dict.fromkeys((*NAMES, host))).configure_cert(context)
    with tempfile.NamedTemporaryFile(prefix="mailtrap-emulator-", suffix=".pem", delete=False) as file:
        file.write(authority.cert_pem.bytes())
    return context, Path(file.name)


def load_context(certificate: str, key: str) -> ssl.SSLContext:
    """Create a TLS context with the certificate and the key in these files.

    :raises TlsError: if they cannot be used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        cause = getattr(error, "reason", None) or error.strerror or str(error)
        raise TlsError(f"Cannot use the certificate {certificate} with the key {key}: {cause}.") from None
    return context
