# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP client of the Mailtrap API: hosts, authentication, retries and rate limits."""

from __future__ import annotations

import json
import random
import re
import time
from typing import TYPE_CHECKING, Callable, Dict, List, Optional, Tuple, TypedDict
from urllib.parse import urlencode

from .api_generations import (
    is_scoped,
    to_current_names,
    to_legacy_body,
    to_legacy_query,
    to_scoped_path,
)
from .errors import (
    SENDING_MEANING,
    STATUS_MEANING,
    STORAGE_MEANING,
    MailtrapError,
    parse_error_messages,
    require_minimum,
    require_range,
)
from .rate_limits import RateLimiter, find_window
from .transport import (
    ORIGIN,
    Transport,
    TransportError,
    parse_retry_after,
)

if TYPE_CHECKING:
    from urllib3.response import BaseHTTPResponse

    from .json_types import Json, Query

DEFAULT_URL = "https://mailtrap.io"

# A base URL may have a path, for a service behind a reverse proxy.
_BASE_URL = re.compile(rf"{ORIGIN.pattern}(?:/[^?#\s]*)?")
_DOWNLOAD_URL = re.compile(rf"{ORIGIN.pattern}/[!-~]*")

_TOKEN = re.compile(r"[!-~]+")

# The hosts of the service (docs/service.md#hosts). Any other base URL replaces all of them. Transactional and bulk mail
# have the same path, so a prefix marks bulk mail then.
_HOST_URLS = {
    "general": DEFAULT_URL,
    "transactional": "https://send.api.mailtrap.io",
    "bulk": "https://bulk.api.mailtrap.io",
    "sandbox": "https://sandbox.api.mailtrap.io",
}
_PATH_PREFIXES = {"bulk": "/bulk"}

# Host -> explanations of its HTTP statuses. The hosts that are not listed are sending hosts.
_STATUS_MEANINGS = {"general": STATUS_MEANING, "storage": STORAGE_MEANING}

# The sending hosts may block requests without a common user agent (docs/service.md#hosts).
USER_AGENT = "ansible-community.mailtrap (+https://github.com/ansible-collections/community.mailtrap)"
_HEADERS_WITHOUT_TOKEN = {"User-Agent": USER_AGENT}

# Seconds. No rate limit has a longer window, so a longer wait is left to the user.
MAX_WAIT = 60
MAX_TIMEOUT = 3600
_GATEWAY_ERRORS = (502, 503, 504)


class EncodedBody(List[bytes]):
    """A request body that is already encoded as JSON, in chunks. Large bodies need not be copied to send them."""


class _Request(TypedDict):
    """The arguments of :meth:`Transport.send`."""

    method: str
    url: str
    headers: Dict[str, str]
    body: Optional[EncodedBody]


class Client:
    """A client of the service for one token. Thread-safe.

    :param api_url: the base URL. A value other than the default replaces all hosts of the service.
    :param account_id: if set, requests use the account-scoped paths (docs/service.md#api-generations).
    :param timeout: seconds to wait for a connection, and for each part of an answer.
    :param retries: how often a request is repeated at most.
    :param ca_path: a file or folder with certificates of trusted authorities, instead of the default ones.
    :param rate_limiter: the rate limiter of the token, if clients share it.
    :raises MailtrapError: if an argument is not valid.
    """

    def __init__(
        self,
        api_token: Optional[str],
        api_url: str = DEFAULT_URL,
        account_id: Optional[int] = None,
        timeout: int = 30,
        retries: int = 5,
        validate_certs: bool = True,
        ca_path: Optional[str] = None,
        sleep: Callable[[float], object] = time.sleep,
        rate_limiter: Optional[RateLimiter] = None,
    ) -> None:
        require_range("timeout", timeout, 1, MAX_TIMEOUT, "s")
        require_minimum("retries", retries, 0)
        self._base_url = _parse_base_url(api_url)
        self.account_id = account_id
        self._retries = retries
        self._sleep = sleep
        self._rate_limiter = rate_limiter or RateLimiter()
        self._rate_limit_waits: List[float] = []  # a list, because += on a number is not thread-safe
        self._transport = Transport(timeout, validate_certs, ca_path)
        self._token = _parse_token(api_token)
        self._headers = {
            "Authorization": "Bearer " + self._token,
            "Accept": "application/json",
            "User-Agent": USER_AGENT,
        }

    @property
    def token_suffix(self) -> str:
        """The last four characters of the token, which the service shows as ``last_4_digits``."""
        return self._token[-4:]

    @property
    def seconds_waited(self) -> float:
        """The seconds that all threads together have waited for rate limits."""
        return sum(self._rate_limit_waits, 0.0)

    def get(self, path: str, query: Optional[Query] = None) -> Json:
        """Send a GET request and return the decoded JSON; see :meth:`request`."""
        return self.request("GET", path, query=query)

    def get_if_found(self, path: str, default: Json = None) -> Json:
        """Send a GET request and return the decoded JSON, or ``default`` if the status is 404."""
        try:
            return self.get(path)
        except MailtrapError as error:
            if error.status == 404:
                return default
            raise

    def request(
        self,
        method: str,
        path: str,
        body: Json = None,
        query: Optional[Query] = None,
        host: str = "general",
        repeatable: Optional[bool] = None,
    ) -> Json:
        """Send a request and return the decoded JSON of its answer, or None if the answer is empty.

        :param path: the path in the current API, also for clients with an account ID.
        :param body: a value to encode as JSON, an EncodedBody, or None for a request without a body.
        :param host: ``general``, ``transactional``, ``bulk`` or ``sandbox``.
        :param repeatable: whether repeating the request is harmless. By default this depends on the method.
        :raises MailtrapError: if the request fails. ``uncertain`` is set if it may have taken effect.
        """
        response = self._send(method, path, body, query, host, repeatable)
        if not response.data or response.status == 404:
            return None
        try:
            answer = json.loads(response.data)
        except (ValueError, RecursionError):
            raise MailtrapError(
                f"the service answered {response.status} with a body that is not valid JSON",
                status=response.status,
                method=method,
                path=path,
                uncertain=method != "GET",
            ) from None
        return to_current_names(answer) if is_scoped(path) else answer

    def get_text(self, path: str) -> str:
        """Send a GET request and return the body as text, in the charset of the answer or else UTF-8.

        :raises MailtrapError: if the request fails.
        """
        return _decode_text(self._send("GET", path, None, None, "general", True))

    def get_bytes(self, path: str) -> bytes:
        """Send a GET request and return the body.

        :raises MailtrapError: if the request fails.
        """
        return self._send("GET", path, None, None, "general", True).data

    def download(self, url: Optional[str], label: str) -> bytes:
        """Download a file from a link of the service, without the token and without following redirects.

        :param url: the link. It is secret because it works without a token, so no message contains it.
        :param label: the name of the file for messages.
        :raises MailtrapError: if there is no valid link, or the request fails.
        """
        if not url or not _DOWNLOAD_URL.fullmatch(url):
            raise MailtrapError(f"the service returned no download link for {label}")
        request: _Request = {"method": "GET", "url": url, "headers": _HEADERS_WITHOUT_TOKEN, "body": None}
        return self._send_with_retries(request, label, "storage", True).data

    def follow_link(self, url: str, timeout: float) -> int:
        """Follow a link in a mail and its redirects, without the token, and return the status of the last page.

        :param timeout: seconds to wait for each page.
        :raises MailtrapError: if a page does not answer.
        """
        try:
            return self._transport.follow_link(url, _HEADERS_WITHOUT_TOKEN, timeout)
        except TransportError as error:
            raise MailtrapError(str(error)) from None

    def _send(
        self, method: str, path: str, body: Json, query: Optional[Query], host: str, repeatable: Optional[bool]
    ) -> BaseHTTPResponse:
        """Send a request and return its final answer; see :meth:`_send_with_retries`."""
        if repeatable is None:
            repeatable = method not in ("POST", "PATCH") or (method == "PATCH" and body is not None)
        base_url, path, body, query = self._resolve_target(host, path, body, query)
        request = self._build_request(method, base_url + path, body, query)
        return self._send_with_retries(request, path, host, repeatable)

    def _send_with_retries(self, request: _Request, path: str, host: str, repeatable: bool) -> BaseHTTPResponse:
        """Send a request until it succeeds or must not be repeated, and return its final answer.

        The answer's status is 2xx, or 404 if an earlier attempt of a DELETE may have deleted the object.

        :param path: the path, for messages and for the rate limit.
        :raises MailtrapError: if the request fails.
        """
        method = request["method"]
        uncertain = False  # whether an earlier attempt may have taken effect
        for attempt in range(self._retries + 1):
            is_last = attempt == self._retries
            try:
                if host == "general":
                    response = self._send_rate_limited(request, path)
                else:
                    response = self._transport.send(**request)
            except TransportError as error:
                uncertain = uncertain or error.may_have_been_sent
                if is_last or not error.is_transient or (error.may_have_been_sent and not repeatable):
                    raise MailtrapError(
                        str(error), method=method, path=path, uncertain=uncertain and method != "GET"
                    ) from None
                self._sleep(_get_retry_delay(attempt))
                continue
            status = response.status
            if 200 <= status < 300:
                return response
            if status == 404 and method == "DELETE" and uncertain:
                return response
            if not is_last and (status == 429 or (status in _GATEWAY_ERRORS and repeatable)):
                delay = parse_retry_after(response.headers)
                if delay is None:
                    delay = _get_rate_limit_delay(path, attempt) if status == 429 else _get_retry_delay(attempt)
                if delay <= MAX_WAIT:
                    if status == 429:
                        self._rate_limit_waits.append(delay)
                    else:
                        uncertain = True
                    self._sleep(delay)
                    continue
            raise self._build_error(response, method, path, host, uncertain)
        raise AssertionError("the last attempt returns or raises")

    def _resolve_target(
        self, host: str, path: str, body: Json, query: Optional[Query]
    ) -> Tuple[str, str, Json, Optional[Query]]:
        """Return the base URL of a host, and the path, body and query in the API generation that is in use."""
        base_url = _HOST_URLS[host] if self._base_url is None else self._base_url + _PATH_PREFIXES.get(host, "")
        if self.account_id is not None and host == "general" and is_scoped(path):
            query = to_legacy_query(path, query or {})
            path, body = to_scoped_path(path, self.account_id), to_legacy_body(body)
        return base_url, path, body, query

    def _build_request(self, method: str, url: str, body: Json, query: Optional[Query]) -> _Request:
        headers = self._headers
        if body is not None:
            body = body if isinstance(body, EncodedBody) else EncodedBody([_encode_json(body)])
            length = str(sum(map(len, body)))
            headers = {**headers, "Content-Type": "application/json", "Content-Length": length}
        if query:
            url += "?" + urlencode(query, doseq=True)
        return {"method": method, "url": url, "headers": headers, "body": body}

    def _send_rate_limited(self, request: _Request, path: str) -> BaseHTTPResponse:
        """Send a request when the rate limiter allows it."""
        slot, wait = self._rate_limiter.reserve(path)
        if wait > 0:
            self._rate_limit_waits.append(wait)
            self._sleep(wait)
        headers = None
        try:
            response = self._transport.send(**request)
            headers = response.headers
            return response
        finally:
            self._rate_limiter.record_answer(slot, headers)

    def _build_error(
        self, response: BaseHTTPResponse, method: str, path: str, host: str, uncertain: bool
    ) -> MailtrapError:
        """Return the MailtrapError for an answer.

        :param uncertain: whether an earlier attempt may have taken effect.
        """
        status = response.status
        location = response.headers.get("Location")
        if 300 <= status < 400 and location:
            messages = [f"the service answered with a redirect to {location.split('?')[0]}: check api_url"]
        else:
            # Ansible masks the token on the screen, but not if a registered result is written to a file.
            text = _decode_text(response).replace(self._token, "***")
            meanings = _STATUS_MEANINGS.get(host, SENDING_MEANING)
            messages = parse_error_messages(status, text, response.reason or "", meanings)
            delay = parse_retry_after(response.headers)
            if delay is not None and delay > MAX_WAIT:
                messages.append(f"the service asks to retry after {delay:.0f} s, but a task waits at most {MAX_WAIT} s")
        return MailtrapError(
            *messages,
            status=status,
            method=method,
            path=path,
            uncertain=method != "GET" and (uncertain or status >= 500),
        )


def _parse_base_url(api_url: str) -> Optional[str]:
    """Return a base URL without a trailing slash, or None for the default URL."""
    url = api_url.strip().rstrip("/")
    if not _BASE_URL.fullmatch(url):
        # The message does not repeat the URL, because it may contain a password.
        raise MailtrapError(
            "api_url must have the form https://host[:port][/path], without a user name, a query or a fragment"
        )
    return None if url == DEFAULT_URL else url


def _parse_token(api_token: Optional[str]) -> str:
    token = (api_token or "").strip()
    if not token:
        raise MailtrapError(
            "an API token is required: set the option api_token or the environment variable MAILTRAP_API_TOKEN"
        )
    if not _TOKEN.fullmatch(token):
        raise MailtrapError(
            "the API token contains characters that no token can have, such as spaces: check that it is complete"
        )
    return token


def _encode_json(body: Json) -> bytes:
    try:
        return json.dumps(body, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise MailtrapError(f"the request cannot be encoded as JSON: {error}") from None


def _decode_text(response: BaseHTTPResponse) -> str:
    charset = re.search(r"charset=[\"']?([\w-]+)", response.headers.get("Content-Type", ""))
    try:
        return response.data.decode(charset.group(1) if charset else "utf-8", "replace")
    except LookupError:
        return response.data.decode("utf-8", "replace")


def _get_rate_limit_delay(path: str, attempt: int) -> float:
    """Return the seconds to wait after a 429 without Retry-After. Four attempts outlast the whole window."""
    return min(MAX_WAIT, find_window(path).seconds / 10 * _get_backoff_factor(attempt))


def _get_retry_delay(attempt: int) -> float:
    """Return the seconds to wait after a network or gateway error."""
    return min(MAX_WAIT, 0.25 * _get_backoff_factor(attempt))


def _get_backoff_factor(attempt: int) -> float:
    """Return a factor that doubles with each attempt, with jitter so that parallel runs do not retry in step."""
    return 2 ** min(attempt, 10) * random.uniform(1, 1.25)
