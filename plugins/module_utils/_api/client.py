# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP to the service: hosts, authentication, retries. It knows nothing of Ansible and of no resource."""

from __future__ import annotations

import json
import random
import re
import time
from urllib.parse import urlencode

from .api_generations import (
    is_scoped,
    scoped_path,
    to_current_names,
    to_legacy_body,
    to_legacy_query,
)
from .errors import (
    SENDING_MEANING,
    STATUS_MEANING,
    STORAGE_MEANING,
    MailtrapError,
    parse_error_messages,
)
from .rate_limits import RateLimiter, find_window
from .transport import (
    ORIGIN,
    Transport,
    TransportError,
    parse_retry_after,
)

DEFAULT_URL = "https://mailtrap.io"

# The service may lie below a path.
_BASE_URL = re.compile(rf"{ORIGIN.pattern}(?:/[^?#\s]*)?")
_FILE_URL = re.compile(rf"{ORIGIN.pattern}/[!-~]*")

_TOKEN = re.compile(r"[!-~]+")

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
_ANONYMOUS = {"User-Agent": USER_AGENT}

# A longer wait than any window is the user's decision, not ours.
LONGEST_WAIT = 60
LONGEST_TIMEOUT = 3600
_GATEWAY_FAULTS = (502, 503, 504)


class EncodedBody(list):
    """A body that is JSON already: list of bytes, sent one after the other, so that large ones are held once."""


class Client:
    """A connection to the service. Threads may share it: each request has a connection to itself while it lasts.

    :param api_token: str.
    :param api_url: str, base URL; another one than the service's stands for all of its hosts.
    :param account_id: int or None; set, the account-scoped paths are used (facts 1.3).
    :param timeout: int, seconds to wait for a connection, and for each part of an answer.
    :param retries: int, how often one request is repeated at most.
    :param validate_certs: bool. :param ca_path: str or None, a file or folder of certificates to trust.
    :param pace: RateLimiter, where several clients of one token share it.
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
        self._retries = retries
        self._sleep = sleep
        self._pace = pace or RateLimiter()
        self._waits = []  # appending is safe among threads, adding is not
        self._transport = Transport(timeout, validate_certs, ca_path)
        self._token = _checked_token(api_token)
        self._headers = {
            "Authorization": "Bearer " + self._token,
            "Accept": "application/json",
            "User-Agent": USER_AGENT,
        }

    @property
    def token_suffix(self):
        """The end of the token, by which the service calls it: str."""
        return self._token[-4:]

    @property
    def seconds_waited(self):
        """Seconds that the service's rate limits have cost so far, of all threads together: float."""
        return sum(self._waits, 0.0)

    def get(self, path, query=None):
        """Return the decoded JSON of a GET; see :meth:`request`."""
        return self.request("GET", path, query=query)

    def get_if_found(self, path, default=None):
        """Return the decoded JSON of a GET, or ``default`` where the service says 404. Nothing else means absent."""
        try:
            return self.get(path)
        except MailtrapError as error:
            if error.status == 404:
                return default
            raise

    def request(self, method, path, body=None, query=None, host="general", repeatable=None):
        """Make one request and return the decoded JSON of its answer, None where it is empty.

        :param path: str, in the words of the current generation of the API.
        :param body: anything JSON can hold, a EncodedBody, or None for no body at all.
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
        return to_current_names(answer) if is_scoped(path) else answer

    def get_text(self, path):
        """Return the body of a GET as text: str, decoded as the answer says, else as UTF-8.

        :raises MailtrapError: as :meth:`request`.
        """
        return _text(self._answered("GET", path, None, None, "general", True))

    def get_bytes(self, path):
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
        request = {"method": "GET", "url": url, "headers": _ANONYMOUS}
        return self._until_answered(request, called, "storage", True).data

    def follow_link(self, url, timeout):
        """Follow a link that leads elsewhere, as a browser does: by its redirects, and without the token.

        :param url: str, http or https. :param timeout: float, seconds to wait for each step.
        :returns: int, the status of the page at the end, of which nothing is read.
        :raises MailtrapError: when nothing answers.
        """
        try:
            return self._transport.follow_link(url, _ANONYMOUS, timeout)
        except TransportError as fault:
            raise MailtrapError(str(fault)) from None

    def _answered(self, method, path, body, query, host, repeatable):
        """Make a request until it is answered for good.

        :returns: urllib3.HTTPResponse, with a 2xx status, or the 404 of a DELETE that an earlier try had done already.
        """
        if repeatable is None:
            repeatable = method not in ("POST", "PATCH") or (method == "PATCH" and body is not None)
        base, path, body, query = self._target(host, path, body, query)
        request = self._prepared(method, base + path, body, query)
        return self._until_answered(request, path, host, repeatable)

    def _until_answered(self, request, path, host, repeatable):
        """Make a request that is ready until it is answered for good; see :meth:`_answered`.

        :param request: dict, method, url, headers and body.
        :param path: str, for sentences, and to know the rate limit by.
        """
        method = request["method"]
        lost = False  # an earlier try may have taken effect
        for attempt in range(self._retries + 1):
            last = attempt == self._retries
            try:
                response = self._sent_in_turn(request, path) if host == "general" else self._transport.send(**request)
            except TransportError as fault:
                lost = lost or fault.sent
                if last or not fault.passing or (fault.sent and not repeatable):
                    uncertain = lost and method != "GET"
                    raise MailtrapError(str(fault), method=method, path=path, uncertain=uncertain) from None
                self._sleep(_backoff(attempt))
                continue
            status = response.status
            if 200 <= status < 300:
                return response
            if status == 404 and method == "DELETE" and lost:
                return response  # the try whose answer was lost has done it
            if not last and (status == 429 or (status in _GATEWAY_FAULTS and repeatable)):
                wait = parse_retry_after(response.headers)
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
            query = to_legacy_query(path, query or {})
            path, body = scoped_path(path, self.account_id), to_legacy_body(body)
        return base, path, body, query

    def _prepared(self, method, url, body, query):
        """Return a request: dict of method, url, headers and body."""
        headers = self._headers
        if body is not None:
            body = body if isinstance(body, EncodedBody) else EncodedBody([_as_json(body)])
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
            response = self._transport.send(**request)
            headers = response.headers
            return response
        finally:
            self._pace.answered(turn, headers)

    def _refusal(self, response, method, path, host, lost):
        status = response.status
        if 300 <= status < 400 and response.headers.get("Location"):
            goal = response.headers.get("Location", "").split("?")[0]
            messages = [f"the service answered with a redirect to {goal}: check api_url"]
        else:
            # Ansible masks what it displays; what a task registers is written to files as it is.
            text = _text(response).replace(self._token, "***")
            messages = parse_error_messages(status, text, response.reason, _MEANINGS.get(host, SENDING_MEANING))
            wait = parse_retry_after(response.headers)
            if wait is not None and wait > LONGEST_WAIT:
                messages.append(f"the service asks to wait {wait:.0f} s, which is longer than a task waits")
        return MailtrapError(
            *messages,
            status=status,
            method=method,
            path=path,
            uncertain=method != "GET" and (lost or status >= 500),
        )


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


def _window_wait(path, attempt):
    """Return seconds to wait after a 429 that names none: growing, past the whole window in four tries."""
    return min(LONGEST_WAIT, find_window(path).seconds / 10 * _growth(attempt))


def _backoff(attempt):
    """Return seconds to wait after a fault of the network or of a gateway."""
    return min(LONGEST_WAIT, 0.25 * _growth(attempt))


def _growth(attempt):
    """Return a factor that doubles with each try; its random part keeps parallel runs from marching in step."""
    return 2 ** min(attempt, 10) * random.uniform(1, 1.25)
