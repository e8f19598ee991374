# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page at ``/``, where a person sees what was caught. It needs no token, shows none, and changes nothing."""

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
from ..mail.mime import Parsed, Part, format_address, parse
from ..model.sandboxes import EMAIL_DOMAIN, sandbox_email_username
from ..model.validation import ID_PATTERN
from ..state.clock import parse_iso
from ..state.store import Row
from ..state.world import World
from .html_frame import FRAME_POLICY, build_frame_document
from .mailboxes import INBOUND_KIND, MAILBOX_KINDS, PREFIX, SANDBOX_KIND, SENT_KIND, Mailbox

# What a view shows of a long text, characters; the download has all of it.
SHOWN = 200_000

STATIC = {"style.css": "text/css", "refresh.js": "text/javascript", "icon.svg": "image/svg+xml"}

PAGE_POLICY = (
    "default-src 'none'; connect-src 'self'; frame-src 'self'; img-src 'self'; script-src 'self'; style-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# A downloaded file that a browser shows all the same can do nothing.
FILE_POLICY = "sandbox; default-src 'none'"
HEADERS = {
    "Cache-Control": "no-store",
    # What a link in a mail opens has no hold on the page.
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-DNS-Prefetch-Control": "off",
}


def is_page_request(method: str, path: str) -> bool:
    """Whether a request is for the page."""
    return method in ("GET", "HEAD") and (path == "/" or path.startswith(PREFIX))


class Page:
    """The handlers. ``smtp`` is where mail for the sandboxes is taken, "host:port"."""

    def __init__(self, world: World, smtp: str) -> None:
        self.world = world
        self.smtp = smtp
        self.templates = Environment(
            loader=PackageLoader(__package__),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.templates.filters |= {"size": human_size, "moment": moment}
        self.static = {name: Path(__file__).with_name("static").joinpath(name).read_bytes() for name in STATIC}

    def app(self) -> Starlette:
        message = PREFIX + "{kind}/{box}/{message}"
        routes = [
            Route("/", self.overview),
            Route(PREFIX + "static/{name}", self.file),
            Route(PREFIX + "{kind}/{box}", self.listing),
            Route(message, self.message),
            Route(message + "/frame", self.frame),
            Route(message + "/download", self.download),
            Route(message + "/parts/{number}", self.part),
            Route(message + "/{view}", self.message),
        ]
        return Starlette(routes=routes, exception_handlers={404: self.missing})

    def render(self, template: str, status: int = 200, **values: Any) -> Response:
        return answer(self.templates.get_template(template).render(values), "text/html", PAGE_POLICY, status)

    async def missing(self, request: Request, error: Exception) -> Response:
        return self.render("missing.html", 404)

    async def file(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in STATIC:
            raise HTTPException(404)
        return answer(self.static[name], STATIC[name], FILE_POLICY)

    async def overview(self, request: Request) -> Response:
        return self.render("overview.html", accounts=[self.account(row) for row in self.world.store["accounts"]])

    def account(self, account: Row) -> dict[str, Any]:
        """An account with everything in it that can hold mail; of inbound inboxes and sent mail, what does."""
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
            "others": [box for box in others if box.ids],
        }

    async def listing(self, request: Request) -> Response:
        box = self.box(request)
        asked = request.query_params.get("page", "")
        page = min(int(asked), box.pages) if ID_PATTERN.fullmatch(asked) else 1
        return self.render(
            "list.html",
            box=box,
            page=page,
            entries=box.entries(page),
            credentials=self.credentials(box.owner) if box.kind is SANDBOX_KIND else [],
        )

    def credentials(self, sandbox: Row) -> list[tuple[str, str]]:
        """All ways into a sandbox."""
        address = f"{sandbox_email_username(sandbox)}@{EMAIL_DOMAIN}"
        return [
            ("SMTP", self.smtp),
            ("User", sandbox["username"]),
            ("Password", sandbox["password"]),
            *([("Address", address)] if sandbox["email_username_enabled"] else []),
            ("API", f"POST /api/send/{sandbox['id']}"),
        ]

    async def message(self, request: Request) -> Response:
        """One mail, seen as the path says: the first of the views that it has, if the path says nothing."""
        box, row = self.mail(request)
        raw = box.raw(row)
        mail = parse(raw)
        views = views_of(mail)
        view = request.path_params.get("view", next(iter(views)))
        if view not in views:
            raise HTTPException(404)
        shown = {"text": lambda: mail.text, "source": lambda: raw[: 4 * SHOWN].decode("utf-8", "replace")}
        text = shown[view]() if view in shown else ""
        newer, older = box.neighbours(row["id"])
        return self.render(
            "message.html",
            box=box,
            entry=box.entry(row),
            list_url=box.list_url(row["id"]),
            newer=newer,
            older=older,
            told=[*correspondents(mail), *box.kind.notes(row)],
            mail=mail,
            names=[part_name(part, number) for number, part in enumerate(mail.parts, 1)],
            views=views,
            view=view,
            text=text[:SHOWN],
            is_cut=len(text) > SHOWN,
        )

    async def frame(self, request: Request) -> Response:
        box, row = self.mail(request)
        mail = parse(box.raw(row))
        if mail.html is None:
            raise HTTPException(404)
        return answer(build_frame_document(mail), "text/html", FRAME_POLICY)

    async def download(self, request: Request) -> Response:
        box, row = self.mail(request)
        return attachment(box.raw(row), f"{box.entry(row).subject or row['id']}.eml", "message/rfc822")

    async def part(self, request: Request) -> Response:
        box, row = self.mail(request)
        number = self.number(request, "number")
        parts = parse(box.raw(row)).parts
        if number > len(parts):
            raise HTTPException(404)
        part = parts[number - 1]
        return attachment(part.content, part_name(part, number), part.media_type)

    def number(self, request: Request, name: str) -> int:
        """The number in the path; 404 for anything else."""
        value = request.path_params[name]
        if not ID_PATTERN.fullmatch(value):
            raise HTTPException(404)
        return int(value)

    def box(self, request: Request) -> Mailbox:
        kind = MAILBOX_KINDS.get(request.path_params["kind"])
        owner = self.world.store[kind.owners].get(self.number(request, "box")) if kind else None
        if owner is None:
            raise HTTPException(404)
        return Mailbox(self.world, kind, owner)

    def mail(self, request: Request) -> tuple[Mailbox, Row]:
        box = self.box(request)
        row = box.find(self.number(request, "message"))
        if row is None:
            raise HTTPException(404)
        return box, row


def correspondents(mail: Parsed) -> list[tuple[str, str]]:
    """Who writes to whom, with names."""
    groups = {"From": [mail.sender], "To": mail.to, "Cc": mail.cc, "Bcc": mail.bcc, "Reply to": mail.reply_to}
    lines = ((label, ", ".join(format_address(one) for one in pairs if any(one))) for label, pairs in groups.items())
    return [(label, line) for label, line in lines if line]


def views_of(mail: Parsed) -> dict[str, str]:
    """The ways to look at a mail, with their titles."""
    count = len(mail.parts)
    return {
        **({"html": "HTML"} if mail.html is not None else {}),
        **({"text": "Text"} if mail.text is not None else {}),
        "source": "Source",
        "headers": "Headers",
        **({"attachments": f"Attachments ({count})"} if count else {}),
    }


def part_name(part: Part, number: int) -> str:
    """The name of a part; one that has none is called by its number."""
    return part.filename or f"part-{number}{guess_extension(part.media_type) or ''}"


def moment(stamp: str) -> str:
    """A time of the state as a person reads it, in UTC."""
    return f"{parse_iso(stamp):%Y-%m-%d %H:%M:%S}"


def answer(body: str | bytes, media_type: str, policy: str, status: int = 200) -> Response:
    # Bytes that are no UTF-8 can reach a text, and must not end in an error.
    content = body.encode("utf-8", "replace") if isinstance(body, str) else body
    return Response(content, status, {**HEADERS, "Content-Security-Policy": policy}, media_type)


def attachment(content: bytes, filename: str, media_type: str) -> Response:
    """A file to be saved, whatever it says it is."""
    response = answer(content, media_type, FILE_POLICY)
    # The charset of a text is not known, and Starlette would tell one.
    response.headers.update(dict([("content-type", media_type), content_disposition(filename)]))
    return response
