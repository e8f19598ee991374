# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module utility is private to the collection: it may change in any release.

"""HTTP to the service: hosts, authentication, retries. It knows nothing of Ansible and of no resource."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import random
import re
import ssl
import time
import traceback
import warnings
from urllib.parse import unquote, urlencode, urljoin
from urllib.request import getproxies_environment, proxy_bypass_environment

try:
    # What requests stands on, and brings. Itself it would take a process longer to import than a request takes.
    from certifi import where as usual_authorities
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

from ansible_collections.community.mailtrap.plugins.module_utils._errors import (
    SENDING_MEANING,
    STATUS_MEANING,
    STORAGE_MEANING,
    MailtrapError,
    messages_of,
)
from ansible_collections.community.mailtrap.plugins.module_utils._pace import Pace, window_of
from ansible_collections.community.mailtrap.plugins.module_utils._words import (
    current_words,
    is_scoped,
    old_body,
    old_query,
    scoped_path,
)

DEFAULT_URL = "https://mailtrap.io"

# Scheme, host (an address in brackets, or labels), port, and path where the service lies below one.
_ADDRESS = r"\[[0-9A-Fa-f:.]+\]"
_LABEL = r"[^\s/?#@:\[\].]{1,63}"
_PORT = r"(?:\d{1,4}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5])"
_ORIGIN = re.compile(rf"(https?)://({_ADDRESS}|{_LABEL}(?:\.{_LABEL})*\.?)(?::({_PORT}))?(?![^/?#])")
_BASE_URL = re.compile(rf"{_ORIGIN.pattern}(?:/[^?#\s]*)?")
_FILE_URL = re.compile(rf"{_ORIGIN.pattern}/[!-~]*")

_TOKEN = re.compile(r"[!-~]+")

_PROXY_VARIABLES = [f"{name}_proxy" for name in ("http", "https", "all")]
_PROXY_VARIABLES += [name.upper() for name in _PROXY_VARIABLES]

# The hosts of the service (facts 1.1). With another base URL all of them are that one,
# and the bulk stream, which only its host tells apart, has a prefix of its own.
_SERVICE = {
    "general": DEFAULT_URL,
    "transactional": "https://send.api.mailtrap.io",
    "bulk": "https://bulk.api.mailtrap.io",
    "sandbox": "https://sandbox.api.mailtrap.io",
}
_PREFIXES = {"bulk": "/bulk"}

# What a status means where an answer is from; everywhere else it is a host that sends.
_MEANINGS = {"general": STATUS_MEANING, "storage": STORAGE_MEANING}

# The sending hosts refuse requests without a usual user agent (facts 1.1).
USER_AGENT = "ansible-community.mailtrap (+https://github.com/ansible-collections/community.mailtrap)"

# A longer wait than any window is the user's decision, not ours.
LONGEST_WAIT = 60
LONGEST_TIMEOUT = 3600
MOST_REDIRECTS = 5
_GATEWAY_FAULTS = (502, 503, 504)

# So many connections to one host are kept open. More threads may share a client; what they open beyond is not kept.
CONNECTIONS = 10


class Written(list):
    """A body that is JSON already: list of bytes, sent one after the other, so that large ones are held once."""


class Client:
    """A connection to the service. Threads may share it: each request has a connection to itself while it lasts.

    :param api_token: str.
    :param api_url: str, base URL; another one than the service's stands for all of its hosts.
    :param account_id: int or None; set, the account-scoped paths are used (facts 1.3).
    :param timeout: int, seconds to wait for a connection, and for each part of an answer.
    :param retries: int, how often one request is repeated at most.
    :param validate_certs: bool. :param ca_path: str or None, a file or folder of certificates to trust.
    :param pace: Pace, where several clients of one token share it.
    :ivar account_id: int or None.
    :raises MailtrapError: when the token or the URL cannot be used.
    """

    def __init__(
        self,
        api_token,
        api_url=DEFAULT_URL,
        account_id=None,
        timeout=30,
        retries=5,
        validate_certs=True,
        ca_path=None,
        sleep=time.sleep,
        pace=None,
    ):
        if not 1 <= timeout <= LONGEST_TIMEOUT or retries < 0:
            limits = f"timeout must be 1 to {LONGEST_TIMEOUT} s, and retries 0 or more"
            raise MailtrapError(f"{limits}; they are {timeout} and {retries}")
        self._base = _checked_url(api_url)
        self.account_id = account_id
        self._timeout = timeout
        self._retries = retries
        self._sleep = sleep
        self._pace = pace or Pace()
        self._waits = []  # appending is safe among threads, adding is not
        self._verify = (_checked_ca_path(ca_path) or True) if validate_certs else False
        self._token = _checked_token(api_token)
        self._headers = {
            "Authorization": "Bearer " + self._token,
            "Accept": "application/json",
            "User-Agent": USER_AGENT,
        }
        if not validate_certs:
            disable_warnings(faults.InsecureRequestWarning)  # the user has said so
        # The environment's alone: macOS forbids a forked process to ask the system for its proxies.
        # It is read through only where there is something to find, for that takes a while.
        self._proxies = getproxies_environment() if any(map(os.environ.get, _PROXY_VARIABLES)) else {}

    @property
    def last_4_digits(self):
        """The end of the token, by which the service calls it: str."""
        return self._token[-4:]

    @property
    def waited(self):
        """Seconds that the service's rate limits have cost so far, of all threads together: float."""
        return sum(self._waits, 0.0)

    def get(self, path, query=None):
        """Return the decoded JSON of a GET; see :meth:`request`."""
        return self.request("GET", path, query=query)

    def find(self, path, absent=None):
        """Return the decoded JSON of a GET, or ``absent`` where the service says 404. Nothing else means absent."""
        try:
            return self.get(path)
        except MailtrapError as error:
            if error.status == 404:
                return absent
            raise

    def request(self, method, path, body=None, query=None, host="general", repeatable=None):
        """Make one request and return the decoded JSON of its answer, None where it is empty.

        :param path: str, in the words of the current generation of the API.
        :param body: anything JSON can hold, a Written, or None for no body at all.
        :param query: dict or list of pairs.
        :param host: str, general, transactional, bulk or sandbox.
        :param repeatable: bool, whether doing it twice is as good as once; as HTTP has it for the verb, when not given.
        :raises MailtrapError: for every failure; ``uncertain`` when it may have taken effect all the same.
        """
        response = self._answered(method, path, body, query, host, repeatable)
        if not response.data or response.status == 404:
            return None
        try:
            answer = json.loads(response.data)
        except (ValueError, RecursionError):
            raise MailtrapError(
                f"the service answered {response.status} with something that is not JSON",
                status=response.status,
                method=method,
                path=path,
                uncertain=method != "GET",
            ) from None
        return current_words(answer) if is_scoped(path) else answer

    def text(self, path):
        """Return the body of a GET as text: str, decoded as the answer says, else as UTF-8.

        :raises MailtrapError: as :meth:`request`.
        """
        return _text(self._answered("GET", path, None, None, "general", True))

    def content(self, path):
        """Return the body of a GET as it is: bytes.

        :raises MailtrapError: as :meth:`request`.
        """
        return self._answered("GET", path, None, None, "general", True).data

    def download(self, url, called):
        """Return a file that lies where the service says: bytes. The token stays here, and no redirect is followed.

        :param url: str, an address that needs no token, which makes it a secret: no sentence holds it.
        :param called: str, what lies there, for sentences.
        :raises MailtrapError: as :meth:`request`.
        """
        if not _FILE_URL.fullmatch(url or ""):
            raise MailtrapError(f"the service names no address for {called}")
        request = {"method": "GET", "url": url, "headers": {"User-Agent": USER_AGENT}}
        return self._until_answered(request, called, _origin(url), "storage", True).data

    def visit(self, url, timeout):
        """Follow a link that leads elsewhere, as a browser does: by its redirects, and without the token.

        :param url: str, http or https. :param timeout: float, seconds to wait for each step.
        :returns: int, the status of the page at the end, of which nothing is read.
        :raises MailtrapError: when nothing answers.
        """
        place = _origin(url)
        for _step in range(1 + MOST_REDIRECTS):
            try:
                there = parse_url(url)
                place = f"{there.scheme}://{there.netloc}"
                if not _ORIGIN.fullmatch(place):
                    raise faults.LocationValueError("it is none of the web")
                request = {"method": "GET", "url": place + there.request_uri, "headers": {"User-Agent": USER_AGENT}}
                with contextlib.closing(self._sent(request, timeout=timeout, preload_content=False)) as response:
                    further = response.get_redirect_location()
            except (faults.HTTPError, UnicodeError) as fault:
                raise MailtrapError(_told(fault, place, timeout)) from None
            if not further:
                return response.status
            url = urljoin(url, further)
        raise MailtrapError(f"it is redirected more than {MOST_REDIRECTS} times, at last from {place}")

    def _answered(self, method, path, body, query, host, repeatable):
        """Make a request until it is answered for good.

        :returns: urllib3.HTTPResponse, with a 2xx status, or the 404 of a DELETE that an earlier try had done already.
        """
        if repeatable is None:
            repeatable = method not in ("POST", "PATCH") or (method == "PATCH" and body is not None)
        base, path, body, query = self._target(host, path, body, query)
        request = self._prepared(method, base + path, body, query)
        return self._until_answered(request, path, base, host, repeatable)

    def _until_answered(self, request, path, place, host, repeatable):
        """Make a request that is ready until it is answered for good; see :meth:`_answered`.

        :param request: dict, method, url, headers and body.
        :param path: str, for sentences, and to know the rate limit by. :param place: str, where it goes, for sentences.
        """
        method = request["method"]
        lost = False  # an earlier try may have taken effect
        for attempt in range(self._retries + 1):
            last = attempt == self._retries
            try:
                response = self._sent_in_turn(request, path) if host == "general" else self._sent(request)
            except faults.HTTPError as fault:
                sent = _may_have_been_sent(fault)
                lost = lost or sent
                if last or not _may_pass(fault) or (sent and not repeatable):
                    raise MailtrapError(
                        _told(fault, place, self._timeout),
                        method=method,
                        path=path,
                        uncertain=lost and method != "GET",
                    ) from None
                self._sleep(_backoff(attempt))
                continue
            status = response.status
            if 200 <= status < 300:
                return response
            if status == 404 and method == "DELETE" and lost:
                return response  # the try whose answer was lost has done it
            if not last and (status == 429 or (status in _GATEWAY_FAULTS and repeatable)):
                wait = _asked_wait(response.headers.get("Retry-After"))
                if wait is None:
                    wait = _window_wait(path, attempt) if status == 429 else _backoff(attempt)
                if wait <= LONGEST_WAIT:
                    if status == 429:
                        self._waits.append(wait)
                    else:
                        lost = True
                    self._sleep(wait)
                    continue
            raise self._refusal(response, method, path, host, lost)
        raise AssertionError("the last try returns or raises")

    def _target(self, host, path, body, query):
        """Return the base and the path of a URL, the body and the query, as this service and this account have them."""
        base = _SERVICE[host] if self._base is None else self._base + _PREFIXES.get(host, "")
        if self.account_id is not None and host == "general" and is_scoped(path):
            query = old_query(path, query or {})
            path, body = scoped_path(path, self.account_id), old_body(body)
        return base, path, body, query

    def _prepared(self, method, url, body, query):
        """Return a request: dict of method, url, headers and body."""
        headers = self._headers
        if body is not None:
            body = body if isinstance(body, Written) else Written([_as_json(body)])
            length = str(sum(map(len, body)))
            headers = {**headers, "Content-Type": "application/json", "Content-Length": length}
        if query:
            url += "?" + urlencode(query, doseq=True)
        return {"method": method, "url": url, "headers": headers, "body": body}

    def _sent_in_turn(self, request, path):
        turn, wait = self._pace.turn(path)
        if wait > 0:
            self._waits.append(wait)
            self._sleep(wait)
        headers = None
        try:
            response = self._sent(request)
            headers = response.headers
            return response
        finally:
            self._pace.answered(turn, headers)

    def _sent(self, request, **how):
        """Make a request once, and read the whole answer.

        This has no ~/.netrc that replaces the token, follows no redirect that carries it to a place nobody named, and
        keeps no cookies.

        :param how: further arguments of urllib3, besides or in place of ours.
        """
        url = request["url"]
        origin = _ORIGIN.match(url)
        pool = _pool(os.getpid(), *origin.groups(), self._verify, self._proxy_for(*origin.groups()))
        if pool.proxy is None or origin[1] == "https":  # else the proxy has to know the host as well
            request = {**request, "url": url[origin.end() :]}
        how = {"timeout": self._timeout, "retries": _ONCE, "redirect": False, "assert_same_host": False, **how}
        return pool.request(**request, **how)

    def _refusal(self, response, method, path, host, lost):
        status = response.status
        if 300 <= status < 400 and response.headers.get("Location"):
            goal = response.headers.get("Location", "").split("?")[0]
            messages = [f"the service answered with a redirect to {goal}: check api_url"]
        else:
            # Ansible masks what it displays; what a task registers is written to files as it is.
            text = _text(response).replace(self._token, "***")
            messages = messages_of(status, text, response.reason, _MEANINGS.get(host, SENDING_MEANING))
            wait = _asked_wait(response.headers.get("Retry-After"))
            if wait is not None and wait > LONGEST_WAIT:
                messages.append(f"the service asks to wait {wait:.0f} s, which is longer than a task waits")
        return MailtrapError(
            *messages,
            status=status,
            method=method,
            path=path,
            uncertain=method != "GET" and (lost or status >= 500),
        )

    def _proxy_for(self, scheme, host, port):
        """Return the URL of the proxy that the environment names for a place: str, or None."""
        proxy = self._proxies.get(scheme) or self._proxies.get("all")
        if not proxy or proxy_bypass_environment(f"{host}:{port}" if port else host, self._proxies):
            return None
        return proxy


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
    path = usual_authorities() if verify is True else verify
    context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
    try:
        context.load_verify_locations(**{"capath" if os.path.isdir(path) else "cafile": path})
    except OSError as error:
        raise MailtrapError(f"the certificates to trust cannot be read from {path}: {error.strerror}") from None
    return context


def _checked_url(api_url):
    """Return a base URL without a trailing slash, None for the service's own."""
    url = api_url.strip().rstrip("/")
    if not _BASE_URL.fullmatch(url):
        # It is not told back: what is wrong with it may be the password in it.
        raise MailtrapError("api_url must look like https://host[:port], without user, query and fragment")
    return None if url == DEFAULT_URL else url


def _checked_token(api_token):
    token = (api_token or "").strip()
    if not token:
        raise MailtrapError("there is no API token: set api_token, or MAILTRAP_API_TOKEN in the environment")
    if not _TOKEN.fullmatch(token):
        raise MailtrapError("the API token holds characters that no token has, such as blanks: was it copied whole?")
    return token


def _checked_ca_path(ca_path):
    if ca_path and not os.path.exists(ca_path):
        raise MailtrapError(f"ca_path names {ca_path}, which does not exist")
    return ca_path


def _as_json(body):
    try:
        return json.dumps(body, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise MailtrapError(f"the request cannot be written as JSON: {error}") from None


def _text(response):
    charset = re.search(r"charset=[\"']?([\w-]+)", response.headers.get("Content-Type", ""))
    try:
        return response.data.decode(charset.group(1) if charset else "utf-8", "replace")
    except LookupError:
        return response.data.decode("utf-8", "replace")


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


def _told(fault, base, timeout):
    """Return one clause for a connection that failed; never the text of urllib3, which can hold a header."""
    if isinstance(fault, faults.LocationValueError):
        return f"{base} cannot be used as an address"
    if isinstance(fault, faults.ConnectTimeoutError) and not isinstance(fault, faults.NewConnectionError):
        return f"no connection to {base} within {timeout} s"
    if isinstance(fault, faults.ReadTimeoutError):
        return f"no answer from {base} within {timeout} s"
    root = _root(fault)
    cause = getattr(root, "strerror", None) or getattr(root, "verify_message", None) or _without_userinfo(str(root))
    if isinstance(fault, faults.SSLError):
        return f"no trusted connection to {base}: {cause}"
    if isinstance(fault, faults.ProxyError):
        return f"no connection to {base} through the proxy: {cause}"
    if _may_have_been_sent(fault):
        return f"the connection to {base} broke before the answer was complete"
    return f"no connection to {base}: {cause}"


def _origin(url):
    """Return scheme and host of a URL, which is all of it that may be told: str."""
    return _without_userinfo("/".join(url.split("/")[:3]))


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


def _asked_wait(header):
    """Return the seconds of a Retry-After header, a number or a date; None where there is none that can be read."""
    try:
        return Retry(0).parse_retry_after(header) if header else None
    except (faults.InvalidHeader, ValueError, OverflowError):
        return None


def _window_wait(path, attempt):
    """Return seconds to wait after a 429 that names none: growing, past the whole window in four tries."""
    return min(LONGEST_WAIT, window_of(path).seconds / 10 * _growth(attempt))


def _backoff(attempt):
    """Return seconds to wait after a fault of the network or of a gateway."""
    return min(LONGEST_WAIT, 0.25 * _growth(attempt))


def _growth(attempt):
    """Return a factor that doubles with each try; its random part keeps parallel runs from marching in step."""
    return 2 ** min(attempt, 10) * random.uniform(1, 1.25)
