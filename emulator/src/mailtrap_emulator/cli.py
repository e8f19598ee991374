# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command line: options, start, the ready line, the end."""

import argparse
import asyncio
import contextlib
import ipaddress
import json
import logging
import os
import re
import socket
import ssl
import sys
from collections.abc import Callable
from pathlib import Path

from . import __version__
from .app import App
from .control.control_plane import ControlPlane
from .control.faults import Faults
from .control.journal import Journal
from .mail.smtp import SmtpHandler
from .model import create_world
from .model.loopback_hosts import is_loopback
from .model.smtp_delivery import SmtpDelivery
from .model.start_state import describe_start, resume_state
from .page.views import Page
from .server import bind_socket, run_servers
from .state.schedule import Scheduler
from .state.state_file import StateFile, StateFileError
from .state.world import World
from .tls import TlsError, create_context, load_context


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
    options.add_argument(
        "--rate-limits", choices=["on", "off"], help="answer 429 beyond the service's rates (default: on)"
    )
    options.add_argument("--allow-remote", action="store_true", help="permit a --host that others can reach")
    options.add_argument(
        "--deliver-anywhere", action="store_true", help="contact webhooks that are not on this machine, too"
    )
    options.add_argument("--tls", action="store_true", help="serve HTTPS with a certificate made at start")
    options.add_argument("--tls-cert", metavar="FILE", help="serve HTTPS with this certificate chain")
    options.add_argument("--tls-key", metavar="FILE", help="the private key of --tls-cert")
    options.add_argument(
        "--dns", type=dns_address, metavar="IP:PORT", help="ask this DNS server for the records of domains"
    )
    options.add_argument("--version", action="version", version=f"mailtrap-emulator {__version__}")
    return options


def port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port")
    return int(text)


def dns_address(text: str) -> tuple[str, int]:
    host, _, number = text.rpartition(":")
    try:
        return str(ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))), port(number)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not an IP address and a port") from None


def token(text: str) -> str:
    if not re.fullmatch(r"[!-~]+", text):
        raise argparse.ArgumentTypeError("a token is printable ASCII without blanks")
    return text


def listen(host: str, number: int, purpose: str) -> socket.socket:
    try:
        return bind_socket(host, number)
    except OSError as error:
        raise StartError(f"Cannot listen for {purpose} on {host} port {number}: {error.strerror or error}.") from None


def address(host: str, listener: socket.socket) -> str:
    number = listener.getsockname()[1]
    return f"[{host}]:{number}" if ":" in host else f"{host}:{number}"


def serve(options: argparse.Namespace) -> None:
    """Start, tell that it is ready, and serve until a signal. Raises StartError, StateFileError, TlsError."""
    if not is_loopback(options.host) and not options.allow_remote:
        raise StartError(f"{options.host} can be reached from outside; give --allow-remote if that is meant.")
    with contextlib.ExitStack() as stack:
        context, ca_file = tls_of(options, stack)
        http = stack.enter_context(listen(options.host, options.port, "HTTP"))
        smtp = stack.enter_context(listen(options.host, options.smtp_port, "SMTP"))
        world = open_world(options, stack)
        journal, faults = Journal(), Faults()
        scheduler = Scheduler(world)
        pages = Page(world, address(options.host, smtp)).app()
        app = App(world, journal, faults, ControlPlane(world, journal, faults, scheduler).app(), pages)
        ready = {
            "api_url": f"{'http' if context is None else 'https'}://{address(options.host, http)}",
            "smtp": address(options.host, smtp),
            **describe_start(world),
            "pid": os.getpid(),
        }
        if ca_file is not None:
            ready["ca_file"] = str(ca_file)
        smtp_handler = SmtpHandler(SmtpDelivery(world))

        def tell() -> None:
            print(json.dumps(ready), flush=True)

        asyncio.run(
            run_servers(app, http, smtp, lambda: smtp_handler.connect(context), context, tell, scheduler.run_forever)
        )


def open_world(options: argparse.Namespace, stack: contextlib.ExitStack) -> World:
    """A new world, or the one that the state file keeps."""
    initial = {} if options.rate_limits is None else {"rate_limits": options.rate_limits == "on"}
    if options.state is None:
        world = create_world(initial_settings=initial)
    else:
        file = stack.enter_context(contextlib.closing(StateFile(options.state)))
        world = create_world(file.write, initial)
        file.load(world.store)
    world.deliver_anywhere = options.deliver_anywhere
    world.look_up_dns = look_up_of(options)
    resume_state(world, options.token)
    world.settings |= initial
    world.store.commit()
    return world


def look_up_of(options: argparse.Namespace) -> Callable | None:
    """What asks the DNS server, if there is one to ask."""
    if options.dns is None:
        return None
    try:
        from .dns_resolver import DnsResolver
    except ImportError:
        raise StartError("--dns needs the dnspython package: pip install 'mailtrap-emulator[dns]'.") from None
    return DnsResolver(*options.dns).look_up


def tls_of(options: argparse.Namespace, stack: contextlib.ExitStack) -> tuple[ssl.SSLContext | None, Path | None]:
    """The TLS context, if one is asked for, and the file of the authority to trust, if it is our own."""
    if options.tls_cert or options.tls_key:
        if not (options.tls_cert and options.tls_key):
            raise StartError("--tls-cert and --tls-key belong together.")
        return load_context(options.tls_cert, options.tls_key), None
    if not options.tls:
        return None, None
    context, ca_file = create_context(options.host)
    stack.callback(ca_file.unlink, missing_ok=True)
    return context, ca_file


def main(arguments: list[str] | None = None) -> int:
    """The console script. The exit status is 0 after a signal, 2 if the emulator could not start."""
    logging.basicConfig(stream=sys.stderr, level=logging.ERROR, format="mailtrap-emulator: %(message)s")
    # What uvicorn calls an error is an injected fault at work.
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
    logging.getLogger("mail").setLevel(logging.CRITICAL)
    try:
        serve(parser().parse_args(arguments))
    except (StartError, StateFileError, TlsError) as error:
        print(f"mailtrap-emulator: {error}", file=sys.stderr)
        return 2
    return 0
