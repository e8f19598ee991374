# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How requests travel: connections, trust, proxies, redirects, and what became of a request without an answer."""

from __future__ import annotations

import functools
import os
import re
import ssl
import traceback
import warnings
from urllib.parse import unquote, urljoin
from urllib.request import getproxies_environment, proxy_bypass_environment

try:
    # What requests stands on, and brings. Itself it would take a process longer to import than a request takes.
    from certifi import where as default_ca_file
    from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, ProxyManager, disable_warnings, make_headers
    from urllib3 import exceptions as faults
    from urllib3.connection import port_by_scheme
    from urllib3.util.retry import Retry
    from urllib3.util.ssl_ import create_urllib3_context
    from urllib3.util.url import parse_url
except ImportError:
    REQUESTS_IMPORT_ERROR = traceback.format_exc()
else:
    REQUESTS_IMPORT_ERROR = None
    # To repeat a request is not urllib3's to decide.
    _ONCE = Retry(False, redirect=False)

from .errors import MailtrapError

# Scheme, host (an address in brackets, or labels) and port.
_ADDRESS = r"\[[0-9A-Fa-f:.]+\]"
_LABEL = r"[^\s/?#@:\[\].]{1,63}"
_PORT = r"(?:\d{1,4}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5])"
ORIGIN = re.compile(rf"(https?)://({_ADDRESS}|{_LABEL}(?:\.{_LABEL})*\.?)(?::({_PORT}))?(?![^/?#])")

_PROXY_VARIABLES = [f"{name}_proxy" for name in ("http", "https", "all")]
_PROXY_VARIABLES += [name.upper() for name in _PROXY_VARIABLES]

MOST_REDIRECTS = 5

# So many connections to one host are kept open. More threads may share a client; what they open beyond is not kept.
CONNECTIONS = 10


class TransportError(Exception):
    """What became of a request without an answer, told in one clause.

    :ivar sent: bool, whether it may have reached the service all the same.
    :ivar passing: bool, whether it may end otherwise when it is made again.
    """

    def __init__(self, told, sent=False, passing=False):
        super().__init__(told)
        self.sent = sent
        self.passing = passing


class Transport:
    """The way to other hosts. It has no ~/.netrc that replaces a token, and keeps no cookies.

    :param timeout: int, seconds to wait for a connection, and for each part of an answer.
    :param validate_certs: bool. :param ca_path: str or None, a file or folder of certificates to trust.
    :raises MailtrapError: when the folder or file is not there.
    """

    def __init__(self, timeout, validate_certs=True, ca_path=None):
        if ca_path and not os.path.exists(ca_path):
            raise MailtrapError(f"ca_path names {ca_path}, which does not exist")
        self._timeout = timeout
        self._verify = (ca_path or True) if validate_certs else False
        if not validate_certs:
            disable_warnings(faults.InsecureRequestWarning)  # the user has said so
        # The environment's alone: macOS forbids a forked process to ask the system for its proxies.
        # It is read through only where there is something to find, for that takes a while.
        self._proxies = getproxies_environment() if any(map(os.environ.get, _PROXY_VARIABLES)) else {}

    def send(self, method, url, headers, body=None, timeout=None, read=True):
        """Make a request once, and follow no redirect, which might carry a token to a place that nobody named.

        :param url: str, which :data:`ORIGIN` matches. :param body: iterable of bytes, or None.
        :param timeout: float, seconds in place of the usual ones.
        :param read: bool, whether to read the answer; whoever wants to know only its head closes it.
        :returns: urllib3.HTTPResponse.
        :raises TransportError: MailtrapError: when there are no certificates to trust, or no proxy to go through.
        """
        origin = ORIGIN.match(url)
        timeout = timeout or self._timeout
        pool = _pool(os.getpid(), *origin.groups(), self._verify, self._proxy_for(*origin.groups()))
        if pool.proxy is None or origin[1] == "https":  # else the proxy has to know the host as well
            url = url[origin.end() :]
        once = {"retries": _ONCE, "redirect": False, "assert_same_host": False}
        try:
            return pool.request(method, url, body=body, headers=headers, timeout=timeout, preload_content=read, **once)
        except (faults.HTTPError, UnicodeError) as fault:
            told = _told(fault, origin[0], timeout)
            raise TransportError(told, _may_have_been_sent(fault), _may_pass(fault)) from None

    def follow_link(self, url, headers, timeout):
        """Follow a link as a browser does, by its redirects.

        :param url: str. :param timeout: float, seconds to wait for each step.
        :returns: int, the status of the page at the end, of which nothing is read.
        :raises TransportError: MailtrapError: as :meth:`send`.
        """
        for _step in range(1 + MOST_REDIRECTS):
            origin, url = _address(url)
            response = self.send("GET", url, headers, timeout=timeout, read=False)
            response.close()
            goal = response.get_redirect_location()
            if not goal:
                return response.status
            url = urljoin(url, goal)
        raise TransportError(f"it is redirected more than {MOST_REDIRECTS} times, at last from {origin}")

    def _proxy_for(self, scheme, host, port):
        """Return the URL of the proxy that the environment names for a place: str, or None."""
        proxy = self._proxies.get(scheme) or self._proxies.get("all")
        if not proxy or proxy_bypass_environment(f"{host}:{port}" if port else host, self._proxies):
            return None
        return proxy


def _address(url):
    """Return the origin of a page and its whole URL, both as a request has them: pair of str.

    :raises TransportError: when it is none of the web.
    """
    try:
        there = parse_url(url)
        origin = f"{there.scheme}://{there.netloc}"
    except faults.HTTPError:
        origin = ""
    if not ORIGIN.fullmatch(origin):
        place = _without_userinfo("/".join(url.split("/")[:3]))  # what follows may be a secret
        raise TransportError(f"{place} cannot be used as an address")
    return origin, origin + there.request_uri


@functools.lru_cache(maxsize=None)
def _pool(process, scheme, host, port, verify, proxy):
    """Return the urllib3.HTTPConnectionPool that keeps the open connections of a process to one host.

    A connection must not be shared over a fork, nor with one who trusts less, nor with one who goes another way.
    """
    port = int(port) if port else port_by_scheme[scheme]
    if proxy is None and scheme == "http":
        return HTTPConnectionPool(host, port, maxsize=CONNECTIONS)
    trust = {"ssl_context": authorities(verify)}
    if proxy is None:
        return HTTPSConnectionPool(host, port, maxsize=CONNECTIONS, **trust)
    return _manager(proxy, trust).connection_from_host(host, port, scheme)


def _manager(proxy, trust):
    """Return the urllib3.PoolManager that goes through a proxy.

    :param proxy: str, its URL, perhaps without the scheme. :param trust: dict, whom to trust, in words of urllib3.
    :raises MailtrapError: when it is none to go through.
    """
    try:
        place = parse_url(proxy if "://" in proxy else "http://" + proxy)
        if not place.host:
            raise faults.LocationValueError("it names no host")
        if place.scheme.startswith("socks"):
            with warnings.catch_warnings():  # it warns of what the user is told anyway
                warnings.simplefilter("ignore", faults.DependencyWarning)
                from urllib3.contrib.socks import SOCKSProxyManager  # few have what it needs
            user, _colon, password = unquote(place.auth or "").partition(":")
            return SOCKSProxyManager(place.url, user or None, password or None, maxsize=CONNECTIONS, **trust)
        if place.scheme == "https":
            trust = {**trust, "proxy_ssl_context": trust["ssl_context"]}
        headers = make_headers(proxy_basic_auth=unquote(place.auth)) if place.auth else None
        return ProxyManager(place.url, proxy_headers=headers, maxsize=CONNECTIONS, **trust)
    except ImportError:
        cause = "one of SOCKS needs the Python library PySocks"
    except (faults.HTTPError, ValueError) as error:
        cause = _without_userinfo(str(error))
    raise MailtrapError(f"the proxy of the environment cannot be used: {cause}")


@functools.lru_cache(maxsize=None)
def authorities(verify):
    """Return an ssl.SSLContext that trusts the usual authorities, those of a file or folder, or anybody.

    Reading the usual ones takes 20 ms, so it is done once; unlike a connection, a context may be shared over a fork.

    :param verify: bool, or str, a path.
    :raises MailtrapError: when there are none to read.
    """
    if not verify:
        return create_urllib3_context(cert_reqs=ssl.CERT_NONE)
    path = default_ca_file() if verify is True else verify
    context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
    try:
        context.load_verify_locations(**{"capath" if os.path.isdir(path) else "cafile": path})
    except OSError as error:
        raise MailtrapError(f"the certificates to trust cannot be read from {path}: {error.strerror}") from None
    return context


def _may_have_been_sent(fault):
    """Say whether a request that ended so can have reached the service."""
    if isinstance(fault, faults.ConnectTimeoutError) or _is_distrust(fault):  # among them connections that were refused
        return False
    if isinstance(fault, faults.ProxyError):
        # With urllib3 1.26 it can be the proxy that broke the connection later on.
        return isinstance(fault.original_error, (ConnectionResetError, BrokenPipeError))
    return isinstance(fault, (faults.ReadTimeoutError, faults.ProtocolError, faults.DecodeError, faults.SSLError))


def _may_pass(fault):
    """Say whether the same request may end otherwise when it is made again."""
    passing = (faults.TimeoutError, faults.ProtocolError, faults.DecodeError, faults.SSLError, faults.ProxyError)
    return isinstance(fault, passing) and not _is_distrust(fault)


def _is_distrust(fault):
    """Say whether the other side's certificate was refused, which happens before anything is sent."""
    # A ValueError, like ssl.SSLCertVerificationError, is what urllib3 1.26 has for a certificate of another host.
    return isinstance(fault, (faults.SSLError, faults.ProxyError)) and isinstance(_root(fault), ValueError)


def _told(fault, place, timeout):
    """Return one clause for a connection that failed; never the text of urllib3, which can hold a header."""
    if isinstance(fault, faults.LocationValueError):
        return f"{place} cannot be used as an address"
    if isinstance(fault, faults.ConnectTimeoutError) and not isinstance(fault, faults.NewConnectionError):
        return f"no connection to {place} within {timeout} s"
    if isinstance(fault, faults.ReadTimeoutError):
        return f"no answer from {place} within {timeout} s"
    root = _root(fault)
    cause = getattr(root, "strerror", None) or getattr(root, "verify_message", None) or _without_userinfo(str(root))
    if isinstance(fault, faults.SSLError):
        return f"no trusted connection to {place}: {cause}"
    if isinstance(fault, faults.ProxyError):
        return f"no connection to {place} through the proxy: {cause}"
    if _may_have_been_sent(fault):
        return f"the connection to {place} broke before the answer was complete"
    return f"no connection to {place}: {cause}"


def _without_userinfo(text):
    """Return a text without the user and password that a URL in it, such as a proxy's, may hold."""
    return re.sub(r"//[^/@\s]*@", "//", text)


def _root(fault):
    """Return the exception at the bottom of what urllib3 wraps around it."""
    while isinstance(fault, faults.HTTPError):
        inner = next((arg for arg in fault.args if isinstance(arg, BaseException)), None)
        inner = inner or fault.__cause__ or fault.__context__
        if inner is None:
            break
        fault = inner
    return fault


def parse_retry_after(headers):
    """Return the seconds of a Retry-After header, a number or a date; None where there is none that can be read."""
    header = headers.get("Retry-After")
    try:
        return Retry(0).parse_retry_after(header) if header else None
    except (faults.InvalidHeader, ValueError, OverflowError):
        return None
