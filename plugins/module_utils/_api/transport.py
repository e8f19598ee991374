# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP transport: connection pools, TLS, proxies, redirects and transport errors."""

from __future__ import annotations

import functools
import os
import re
import ssl
import traceback
import warnings
from typing import TYPE_CHECKING, Any, Dict, Iterable, Mapping, Optional, Tuple, Union
from urllib.parse import unquote, urljoin

# The second function is missing in typeshed.
from urllib.request import getproxies_environment, proxy_bypass_environment  # type: ignore[attr-defined]  # not in the stubs

try:
    # Both packages are dependencies of requests. Importing requests itself takes longer than a request.
    from certifi import where as default_ca_file
    from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, ProxyManager, disable_warnings, make_headers
    from urllib3 import exceptions as urllib3_errors
    from urllib3.connection import port_by_scheme
    from urllib3.util.retry import Retry
    from urllib3.util.ssl_ import create_urllib3_context
    from urllib3.util.url import parse_url
except ImportError:
    REQUESTS_IMPORT_ERROR: Optional[str] = traceback.format_exc()
else:
    REQUESTS_IMPORT_ERROR = None
    # The client decides about retries, not urllib3.
    _NO_RETRIES = Retry(False, redirect=False)

from .errors import MailtrapError

if TYPE_CHECKING:
    from urllib3 import PoolManager
    from urllib3.response import BaseHTTPResponse

# The start of a URL: its scheme, its host (a name or an IPv6 address in brackets) and its port.
_IPV6_ADDRESS = r"\[[0-9A-Fa-f:.]+\]"
_LABEL = r"[^\s/?#@:\[\].]{1,63}"
_PORT = r"(?:\d{1,4}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5])"
ORIGIN = re.compile(rf"(https?)://({_IPV6_ADDRESS}|{_LABEL}(?:\.{_LABEL})*\.?)(?::({_PORT}))?(?![^/?#])")

_PROXY_VARIABLES = [f"{name}_proxy" for name in ("http", "https", "all")]
_PROXY_VARIABLES += [name.upper() for name in _PROXY_VARIABLES]

MAX_REDIRECTS = 5

# The number of connections to a host that are kept open. Further connections of parallel threads are closed after use.
POOL_SIZE = 10


class TransportError(Exception):
    """A request got no complete answer. The text is a clause that says why.

    :ivar may_have_been_sent: whether the request may have reached the service.
    :ivar is_transient: whether the same request may succeed if it is repeated.
    """

    def __init__(self, message: str, may_have_been_sent: bool = False, is_transient: bool = False) -> None:
        super().__init__(message)
        self.may_have_been_sent = may_have_been_sent
        self.is_transient = is_transient


class Transport:
    """Sends requests over pooled connections. It ignores ``~/.netrc``, and keeps no cookies.

    :param timeout: seconds to wait for a connection, and for each part of an answer.
    :param validate_certs: whether the certificates of servers must be valid.
    :param ca_path: a file or folder with certificates of trusted authorities, instead of the default ones.
    :raises MailtrapError: if ``ca_path`` does not exist.
    """

    def __init__(self, timeout: float, validate_certs: bool = True, ca_path: Optional[str] = None) -> None:
        if ca_path and not os.path.exists(ca_path):
            raise MailtrapError(f"ca_path {ca_path!r} does not exist")
        self._timeout = timeout
        self._verify: Union[bool, str] = (ca_path or True) if validate_certs else False
        if not validate_certs:
            disable_warnings(urllib3_errors.InsecureRequestWarning)  # the user has disabled the validation
        # Only the environment is used: on macOS, a forked process cannot ask the system for its proxies.
        # Reading the whole environment is slow, so it is only done if a variable is set.
        self._proxies: Dict[str, str] = getproxies_environment() if any(map(os.environ.get, _PROXY_VARIABLES)) else {}

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: Optional[Iterable[bytes]] = None,
        timeout: Optional[float] = None,
        read_body: bool = True,
    ) -> BaseHTTPResponse:
        """Send a request once. Redirects are not followed, because they might lead the token to another host.

        :param url: a URL that starts with :data:`ORIGIN`.
        :param timeout: seconds that replace the default timeout.
        :param read_body: whether to read the body of the answer. If not, the caller closes the response.
        :raises TransportError: if there is no complete answer.
        :raises MailtrapError: if the trusted certificates or the proxy cannot be used.
        """
        origin = ORIGIN.match(url)
        if origin is None:
            raise ValueError("the URL does not start with an origin")
        timeout = timeout or self._timeout
        scheme, host, port = origin.groups()
        pool = _get_pool(os.getpid(), scheme, host, port, self._verify, self._find_proxy(scheme, host, port))
        if pool.proxy is None or scheme == "https":  # only an HTTP proxy needs the full URL
            url = url[origin.end() :]
        try:
            return pool.request(
                method,
                url,
                body=body,
                headers=headers,
                timeout=timeout,
                preload_content=read_body,
                retries=_NO_RETRIES,
                redirect=False,
                assert_same_host=False,
            )
        except (urllib3_errors.HTTPError, UnicodeError) as error:
            message = _describe_error(error, origin[0], timeout)
            raise TransportError(message, _may_have_been_sent(error), _is_transient(error)) from None

    def follow_link(self, url: str, headers: Mapping[str, str], timeout: float) -> int:
        """Follow a link and its redirects, and return the status of the last page without reading it.

        :param timeout: seconds to wait for each page.
        :raises TransportError: if a page does not answer, a URL is not valid, or there are too many redirects.
        :raises MailtrapError: if the trusted certificates or the proxy cannot be used.
        """
        for _redirect in range(1 + MAX_REDIRECTS):
            origin, url = _normalize_url(url)
            response = self.send("GET", url, headers, timeout=timeout, read_body=False)
            response.close()
            location = response.get_redirect_location()
            if not location:
                return response.status
            url = urljoin(url, location)
        raise TransportError(f"there are more than {MAX_REDIRECTS} redirects, the last one from {origin}")

    def _find_proxy(self, scheme: str, host: str, port: Optional[str]) -> Optional[str]:
        """Return the URL of the proxy that the environment sets for a host, or None."""
        proxy = self._proxies.get(scheme) or self._proxies.get("all")
        if not proxy or proxy_bypass_environment(f"{host}:{port}" if port else host, self._proxies):
            return None
        return proxy


def _normalize_url(url: str) -> Tuple[str, str]:
    """Return the origin of a URL, and the URL in the form that a request needs.

    :raises TransportError: if it is not a valid HTTP URL.
    """
    try:
        parsed = parse_url(url)
        origin = f"{parsed.scheme}://{parsed.netloc}"
    except urllib3_errors.HTTPError:
        origin = ""
    if not ORIGIN.fullmatch(origin):
        start = _strip_userinfo("/".join(url.split("/")[:3]))  # the rest may be a secret
        raise TransportError(f"{start} is not a valid URL")
    return origin, origin + parsed.request_uri


@functools.lru_cache(maxsize=None)
def _get_pool(
    process_id: int, scheme: str, host: str, port: Optional[str], verify: Union[bool, str], proxy: Optional[str]
) -> HTTPConnectionPool:
    """Return the pool with the open connections to a host.

    Connections are not shared across a fork, nor between different TLS settings or proxies.
    """
    port_number = int(port) if port else port_by_scheme[scheme]
    if proxy is None and scheme == "http":
        return HTTPConnectionPool(host, port_number, maxsize=POOL_SIZE)
    context = get_ssl_context(verify)
    if proxy is None:
        return HTTPSConnectionPool(host, port_number, maxsize=POOL_SIZE, ssl_context=context)
    return _create_proxy_manager(proxy, context).connection_from_host(host, port_number, scheme)


def _create_proxy_manager(proxy: str, context: ssl.SSLContext) -> PoolManager:
    """Return a connection manager that uses a proxy.

    :param proxy: the URL of the proxy; without a scheme, it is an HTTP proxy.
    :raises MailtrapError: if the proxy cannot be used.
    """
    try:
        url = parse_url(proxy if "://" in proxy else "http://" + proxy)
        if not url.host:
            raise urllib3_errors.LocationValueError("its URL has no host")
        if url.scheme and url.scheme.startswith("socks"):
            with warnings.catch_warnings():  # the MailtrapError below says the same as this warning
                warnings.simplefilter("ignore", urllib3_errors.DependencyWarning)
                from urllib3.contrib.socks import SOCKSProxyManager  # it needs a library that is rarely installed
            user, _colon, password = unquote(url.auth or "").partition(":")
            return SOCKSProxyManager(url.url, user or None, password or None, maxsize=POOL_SIZE, ssl_context=context)
        contexts: Dict[str, Any] = {"ssl_context": context}
        if url.scheme == "https":
            contexts["proxy_ssl_context"] = context
        headers = make_headers(proxy_basic_auth=unquote(url.auth)) if url.auth else None
        return ProxyManager(url.url, proxy_headers=headers, maxsize=POOL_SIZE, **contexts)
    except ImportError:
        cause = "a SOCKS proxy requires the Python library PySocks"
    except (urllib3_errors.HTTPError, ValueError) as error:
        cause = _strip_userinfo(str(error))
    raise MailtrapError(f"the proxy that the environment sets cannot be used: {cause}")


@functools.lru_cache(maxsize=None)
def get_ssl_context(verify: Union[bool, str]) -> ssl.SSLContext:
    """Return the TLS context with the trusted certificate authorities.

    Reading the default authorities takes 20 ms, so contexts are cached. Unlike connections, they can be shared across
    a fork.

    :param verify: whether certificates must be valid, or the file or folder with the trusted authorities.
    :raises MailtrapError: if the authorities cannot be read.
    """
    if not verify:
        return create_urllib3_context(cert_reqs=ssl.CERT_NONE)
    path = verify if isinstance(verify, str) else default_ca_file()
    context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
    try:
        context.load_verify_locations(**{"capath" if os.path.isdir(path) else "cafile": path})
    except OSError as error:
        raise MailtrapError(f"the trusted certificates in {path!r} cannot be read: {error.strerror}") from None
    return context


def _may_have_been_sent(error: Exception) -> bool:
    """Return whether the failed request may have reached the service."""
    # A refused connection is a ConnectTimeoutError too.
    if isinstance(error, urllib3_errors.ConnectTimeoutError) or _is_certificate_error(error):
        return False
    if isinstance(error, urllib3_errors.ProxyError):
        # In urllib3 1.26 the proxy may also have closed the connection after the request was sent.
        return isinstance(error.original_error, (ConnectionResetError, BrokenPipeError))
    return isinstance(
        error,
        (
            urllib3_errors.ReadTimeoutError,
            urllib3_errors.ProtocolError,
            urllib3_errors.DecodeError,
            urllib3_errors.SSLError,
        ),
    )


def _is_transient(error: Exception) -> bool:
    """Return whether the same request may succeed if it is repeated."""
    transient = (
        urllib3_errors.TimeoutError,
        urllib3_errors.ProtocolError,
        urllib3_errors.DecodeError,
        urllib3_errors.SSLError,
        urllib3_errors.ProxyError,
    )
    return isinstance(error, transient) and not _is_certificate_error(error)


def _is_certificate_error(error: Exception) -> bool:
    """Return whether the server's certificate was rejected, which happens before anything is sent."""
    # If the certificate is for another host, urllib3 1.26 raises a ValueError. ssl.SSLCertVerificationError is one too.
    is_tls_or_proxy_error = isinstance(error, (urllib3_errors.SSLError, urllib3_errors.ProxyError))
    return is_tls_or_proxy_error and isinstance(_find_root_cause(error), ValueError)


def _describe_error(error: Exception, origin: str, timeout: float) -> str:
    """Return a clause that says why a request failed. It never contains urllib3's text, which may show a header."""
    if isinstance(error, urllib3_errors.LocationValueError):
        return f"{origin} is not a valid URL"
    is_refused = isinstance(error, urllib3_errors.NewConnectionError)
    if isinstance(error, urllib3_errors.ConnectTimeoutError) and not is_refused:
        return f"connecting to {origin} timed out after {timeout} s"
    if isinstance(error, urllib3_errors.ReadTimeoutError):
        return f"{origin} did not answer within {timeout} s"
    root_cause = _find_root_cause(error)
    cause = (
        getattr(root_cause, "strerror", None)
        or getattr(root_cause, "verify_message", None)
        or _strip_userinfo(str(root_cause))
    )
    if isinstance(error, urllib3_errors.SSLError):
        return f"the TLS connection to {origin} failed: {cause}"
    if isinstance(error, urllib3_errors.ProxyError):
        return f"cannot connect to {origin} through the proxy: {cause}"
    if _may_have_been_sent(error):
        return f"the connection to {origin} was lost before the answer was complete"
    return f"cannot connect to {origin}: {cause}"


def _strip_userinfo(text: str) -> str:
    """Remove user names and passwords from the URLs in a text."""
    return re.sub(r"//[^/@\s]*@", "//", text)


def _find_root_cause(error: BaseException) -> BaseException:
    """Return the innermost of the exceptions that urllib3 nests."""
    while isinstance(error, urllib3_errors.HTTPError):
        inner = next((arg for arg in error.args if isinstance(arg, BaseException)), None)
        inner = inner or error.__cause__ or error.__context__
        if inner is None:
            break
        error = inner
    return error


def parse_retry_after(headers: Mapping[str, str]) -> Optional[float]:
    """Return the seconds of a Retry-After header, a number or a date; None if it is missing or not valid."""
    header = headers.get("Retry-After")
    try:
        return Retry(0).parse_retry_after(header) if header else None
    except (urllib3_errors.InvalidHeader, ValueError, OverflowError):
        return None
