# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS for clients that insist on it."""

import ssl
import tempfile
from pathlib import Path

from .http.routing import HOSTS

NAMES = ("localhost", "127.0.0.1", "::1", *HOSTS)


class TlsError(Exception):
    """TLS cannot be set up; the text is one sentence for the user."""


def create_context(host: str) -> tuple[ssl.SSLContext, Path]:
    """A context with a fresh certificate for ``host``, loopback and the service's host names, and the file of the
    authority that signed it. The file is the caller's to remove. Raises TlsError without the ``tls`` extra."""
    try:
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
    """A context with the user's certificate. Raises TlsError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        text = getattr(error, "reason", None) or error.strerror or str(error)
        raise TlsError(f"Cannot use the certificate {certificate} with the key {key}: {text}.") from None
    return context
