# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command line: options, start, the ready line, the end."""

import argparse
import asyncio
import ipaddress
import json
import logging
import os
import re
import sys

from . import __version__, areas, start
from .app import App
from .control import Control
from .faults import Faults
from .journal import Journal
from .server import bind, run
from .world import World


class StartError(Exception):
    """The emulator cannot start; the text is one sentence for the user."""


class Parser(argparse.ArgumentParser):
    """Tells a bad option in one sentence, without the usage."""

    def error(self, message: str) -> None:
        raise StartError(message[0].upper() + message[1:] + ".")


def parser() -> Parser:
    options = Parser(prog="mailtrap-emulator", description="A stateful emulator of the Mailtrap API and sandbox SMTP.")
    options.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    options.add_argument("--port", type=port, default=0, help="HTTP port, 0 for a free one (default)")
    options.add_argument("--smtp-port", type=port, default=0, help="SMTP port, 0 for a free one (default)")
    options.add_argument("--token", type=token, help="API token of the start state (default: a random one)")
    options.add_argument("--state", metavar="FILE", help="keep the state in this file")
    options.add_argument("--rate-limits", choices=["on", "off"], help="answer 429 beyond the service's rates (default: on)")
    options.add_argument("--allow-remote", action="store_true", help="permit a --host that others can reach")
    options.add_argument("--version", action="version", version=f"mailtrap-emulator {__version__}")
    return options


def port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port")
    return int(text)


def token(text: str) -> str:
    if not re.fullmatch(r"[!-~]+", text):
        raise argparse.ArgumentTypeError("a token is printable ASCII without blanks")
    return text


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def listen(host: str, number: int, purpose: str):  # noqa: ANN201
    try:
        return bind(host, number)
    except OSError as error:
        raise StartError(f"Cannot listen for {purpose} on {host} port {number}: {error.strerror or error}.") from None


def address(host: str, listener) -> str:  # noqa: ANN001
    number = listener.getsockname()[1]
    return f"[{host}]:{number}" if ":" in host else f"{host}:{number}"


def serve(options: argparse.Namespace) -> None:
    """Start, tell that it is ready, and serve until a signal. Raises StartError."""
    if not is_loopback(options.host) and not options.allow_remote:
        raise StartError(f"{options.host} can be reached from outside; give --allow-remote if that is meant.")
    initial = {} if options.rate_limits is None else {"rate_limits": options.rate_limits == "on"}
    world = World(areas.tables(), None, initial)
    start.resume(world, options.token)
    world.store.commit()
    http = listen(options.host, options.port, "HTTP")
    journal, faults = Journal(), Faults()
    app = App(world, journal, faults, Control(world, journal, faults).app())
    ready = {
        "api_url": f"http://{address(options.host, http)}",
        **start.describe(world),
        "pid": os.getpid(),
    }

    def tell() -> None:
        print(json.dumps(ready), flush=True)

    asyncio.run(run(app, http, None, tell))


def main(arguments: list[str] | None = None) -> int:
    """The console script. The exit status is 0 after a signal, 2 if the emulator could not start."""
    logging.basicConfig(stream=sys.stderr, level=logging.ERROR, format="mailtrap-emulator: %(message)s")
    # What uvicorn calls an error is an injected fault at work.
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
    try:
        serve(parser().parse_args(arguments))
    except StartError as error:
        print(f"mailtrap-emulator: {error}", file=sys.stderr)
        return 2
    return 0
