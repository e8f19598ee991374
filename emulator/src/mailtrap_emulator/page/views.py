# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The views of the page at ``/``. They need no API token, show none and change nothing."""

from mimetypes import guess_extension
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..areas.sandbox_messages import human_size
from ..http.responses import content_disposition
from ..mail.mime import ParsedAttachment, ParsedMail, format_address, parse_mail
from ..model.sandboxes import EMAIL_DOMAIN, sandbox_email_username
from ..model.validation import ID_PATTERN
from ..state.clock import parse_iso
from ..state.json_codec import JsonObject
from ..state.store import Row
from ..state.world import World
from .html_frame import FRAME_POLICY, build_frame_document
from .mailboxes import INBOUND_KIND, MAILBOX_KINDS, PREFIX, SANDBOX_KIND, SENT_KIND, Details, Mailbox

# The maximum number of characters that a view shows of a long text. The download is complete.
MAX_SHOWN_TEXT = 200_000

STATIC_FILES = {"style.css": "text/css", "refresh.js": "text/javascript", "icon.svg": "image/svg+xml"}

PAGE_POLICY = (
    "default-src 'none'; connect-src 'self'; frame-src 'self'; img-src 'self'; script-src 'self'; style-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# Restricts a downloaded file in case a browser shows it.
FILE_POLICY = "sandbox; default-src 'none'"
HEADERS = {
    "Cache-Control": "no-store",
    # A window that a link in a mail opens gets no access to the page.
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-DNS-Prefetch-Control": "off",
}


def is_page_request(method: str, path: str) -> bool:
    """Return whether a request is for the page."""
    return method in ("GET", "HEAD") and (path == "/" or path.startswith(PREFIX))


class Page:
    """The request handlers. ``smtp_address`` is the "host:port" that accepts mail for the sandboxes."""

    def __init__(self, world: World, smtp_address: str) -> None:
        self.world = world
        self.smtp_address = smtp_address
        self.templates = Environment(
            loader=PackageLoader(__package__),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.templates.filters |= {"size": human_size, "time": format_time}
        directory = Path(__file__).with_name("static")
        self.static_contents = {name: directory.joinpath(name).read_bytes() for name in STATIC_FILES}

    def app(self) -> Starlette:
        """Return the ASGI application of the page."""
        mail_path = PREFIX + "{kind}/{mailbox_id}/{mail_id}"
        routes = [
            Route("/", self.show_overview),
            Route(PREFIX + "static/{name}", self.send_static_file),
            Route(PREFIX + "{kind}/{mailbox_id}", self.show_mailbox),
            Route(mail_path, self.show_mail),
            Route(mail_path + "/frame", self.show_frame),
            Route(mail_path + "/download", self.download_mail),
            Route(mail_path + "/parts/{number}", self.download_part),
            Route(mail_path + "/{view}", self.show_mail),
        ]
        return Starlette(routes=routes, exception_handlers={404: self.show_not_found})

    def render(self, template: str, status: int = 200, **values: Any) -> Response:
        """Render a template as the response."""
        return make_response(self.templates.get_template(template).render(values), "text/html", PAGE_POLICY, status)

    async def show_not_found(self, request: Request, error: Exception) -> Response:
        return self.render("missing.html", 404)

    async def send_static_file(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in STATIC_FILES:
            raise HTTPException(404)
        return make_response(self.static_contents[name], STATIC_FILES[name], FILE_POLICY)

    async def show_overview(self, request: Request) -> Response:
        accounts = [self._describe_account(row) for row in self.world.store["accounts"]]
        return self.render("overview.html", accounts=accounts)

    def _describe_account(self, account: Row) -> JsonObject:
        """Return what the overview shows of an account.

        It shows all projects and sandboxes, but inbound inboxes and sent mail only if they contain mail.
        """
        store = self.world.store
        inboxes = [
            Mailbox(self.world, INBOUND_KIND, row) for row in store["inbound_inboxes"].select("account", account["id"])
        ]
        others = [Mailbox(self.world, SENT_KIND, account), *inboxes]
        return {
            "row": account,
            "projects": [
                (
                    project,
                    [
                        Mailbox(self.world, SANDBOX_KIND, row)
                        for row in store["sandboxes"].select("project", project["id"])
                    ],
                )
                for project in store["projects"].select("account", account["id"])
            ],
            "other_mailboxes": [mailbox for mailbox in others if mailbox.ids],
        }

    async def show_mailbox(self, request: Request) -> Response:
        """Show a page of the list of mails. An invalid page number shows the first page."""
        mailbox = self._find_mailbox(request)
        number = request.query_params.get("page", "")
        page = min(int(number), mailbox.page_count) if ID_PATTERN.fullmatch(number) else 1
        return self.render(
            "list.html",
            mailbox=mailbox,
            page=page,
            entries=mailbox.list_entries(page),
            credentials=self._list_credentials(mailbox.owner) if mailbox.kind is SANDBOX_KIND else [],
        )

    def _list_credentials(self, sandbox: Row) -> Details:
        """Return all addresses and credentials that can be used to send mail to a sandbox."""
        address = f"{sandbox_email_username(sandbox)}@{EMAIL_DOMAIN}"
        return [
            ("SMTP", self.smtp_address),
            ("User", sandbox["username"]),
            ("Password", sandbox["password"]),
            *([("Address", address)] if sandbox["email_username_enabled"] else []),
            ("API", f"POST /api/send/{sandbox['id']}"),
        ]

    async def show_mail(self, request: Request) -> Response:
        """Show a mail in the view that the path names, or in the first view of the mail."""
        mailbox, row = self._find_mail(request)
        raw = mailbox.get_raw(row)
        mail = parse_mail(raw)
        views = list_views(mail)
        view = request.path_params.get("view", next(iter(views)))
        if view not in views:
            raise HTTPException(404)
        text = ""
        if view == "text":
            text = mail.text or ""
        elif view == "source":
            # A character has at most four bytes.
            text = raw[: 4 * MAX_SHOWN_TEXT].decode("utf-8", "replace")
        newer_url, older_url = mailbox.neighbour_urls(row["id"])
        return self.render(
            "message.html",
            mailbox=mailbox,
            entry=mailbox.make_entry(row),
            list_url=mailbox.list_url(row["id"]),
            newer_url=newer_url,
            older_url=older_url,
            details=[*list_addresses(mail), *mailbox.kind.describe(row)],
            mail=mail,
            filenames=[make_filename(part, number) for number, part in enumerate(mail.parts, 1)],
            views=views,
            view=view,
            text=text[:MAX_SHOWN_TEXT],
            is_cut=len(text) > MAX_SHOWN_TEXT,
        )

    async def show_frame(self, request: Request) -> Response:
        """Send the HTML of a mail as the document of its frame."""
        mailbox, row = self._find_mail(request)
        mail = parse_mail(mailbox.get_raw(row))
        if mail.html is None:
            raise HTTPException(404)
        return make_response(build_frame_document(mail.html, mail.parts), "text/html", FRAME_POLICY)

    async def download_mail(self, request: Request) -> Response:
        mailbox, row = self._find_mail(request)
        filename = f"{mailbox.make_entry(row).subject or row['id']}.eml"
        return make_download(mailbox.get_raw(row), filename, "message/rfc822")

    async def download_part(self, request: Request) -> Response:
        mailbox, row = self._find_mail(request)
        number = self._parse_number(request, "number")
        parts = parse_mail(mailbox.get_raw(row)).parts
        if number > len(parts):
            raise HTTPException(404)
        part = parts[number - 1]
        return make_download(part.content, make_filename(part, number), part.media_type)

    def _parse_number(self, request: Request, parameter: str) -> int:
        """Return a path parameter as a number.

        :raises HTTPException: 404 if it is not a number.
        """
        value = request.path_params[parameter]
        if not ID_PATTERN.fullmatch(value):
            raise HTTPException(404)
        return int(value)

    def _find_mailbox(self, request: Request) -> Mailbox:
        """Return the mailbox in the path.

        :raises HTTPException: 404 if it does not exist.
        """
        kind = MAILBOX_KINDS.get(request.path_params["kind"])
        if kind is None:
            raise HTTPException(404)
        owner = self.world.store[kind.owner_table].get(self._parse_number(request, "mailbox_id"))
        if owner is None:
            raise HTTPException(404)
        return Mailbox(self.world, kind, owner)

    def _find_mail(self, request: Request) -> tuple[Mailbox, Row]:
        """Return the mailbox and the mail in the path.

        :raises HTTPException: 404 if one of them does not exist.
        """
        mailbox = self._find_mailbox(request)
        row = mailbox.find(self._parse_number(request, "mail_id"))
        if row is None:
            raise HTTPException(404)
        return mailbox, row


def list_addresses(mail: ParsedMail) -> Details:
    """Return the sender and the recipients of a mail, labelled."""
    groups = {"From": [mail.sender], "To": mail.to, "Cc": mail.cc, "Bcc": mail.bcc, "Reply to": mail.reply_to}
    lines = ((label, ", ".join(format_address(pair) for pair in pairs if any(pair))) for label, pairs in groups.items())
    return [(label, line) for label, line in lines if line]


def list_views(mail: ParsedMail) -> dict[str, str]:
    """Return the titles of the views that a mail has, by path segment."""
    count = len(mail.parts)
    return {
        **({"html": "HTML"} if mail.html is not None else {}),
        **({"text": "Text"} if mail.text is not None else {}),
        "source": "Source",
        "headers": "Headers",
        **({"attachments": f"Attachments ({count})"} if count else {}),
    }


def make_filename(part: ParsedAttachment, number: int) -> str:
    """Return the filename of a part, or one with its number if it has none."""
    return part.filename or f"part-{number}{guess_extension(part.media_type) or ''}"


def format_time(stamp: str) -> str:
    """Format an ISO 8601 time of the store for people, in UTC."""
    return f"{parse_iso(stamp):%Y-%m-%d %H:%M:%S}"


def make_response(body: str | bytes, media_type: str, policy: str, status: int = 200) -> Response:
    """Make a response with the headers of the page and this Content-Security-Policy."""
    # A text may contain lone surrogates from invalid bytes of a mail, which UTF-8 cannot encode.
    content = body.encode("utf-8", "replace") if isinstance(body, str) else body
    return Response(content, status, {**HEADERS, "Content-Security-Policy": policy}, media_type)


def make_download(content: bytes, filename: str, media_type: str) -> Response:
    """Make the response for a file that the browser saves, whatever its type."""
    response = make_response(content, media_type, FILE_POLICY)
    # Starlette would add a charset to text types, but the charset is unknown.
    response.headers.update(dict([("content-type", media_type), content_disposition(filename)]))
    return response
