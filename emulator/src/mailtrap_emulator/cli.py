# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command line ``mailtrap-emulator``: options, start, ready line, exit status."""

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
from pathlib import Path
from typing import NoReturn

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
from .state.settings import Settings
from .state.state_file import StateFile, StateFileError
from .state.world import DnsLookup, World
from .tls import TlsError, create_context, load_context


class StartError(Exception):
    """The emulator cannot start. The message is one sentence for the user."""


class Parser(argparse.ArgumentParser):
    """An argument parser that reports an invalid option in one sentence, without the usage."""

    def error(self, message: str) -> NoReturn:
        """Raise StartError."""
        raise StartError(message[0].upper() + message[1:] + ".")


def make_parser() -> Parser:
    """Return the parser of the command line."""
    parser = Parser(prog="mailtrap-emulator", description="A stateful emulator of the Mailtrap API and sandbox SMTP.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=parse_port, default=0, help="HTTP port; 0 picks a free port (default)")
    parser.add_argument("--smtp-port", type=parse_port, default=0, help="SMTP port; 0 picks a free port (default)")
    parser.add_argument("--token", type=parse_token, help="API token of the start state (default: a random token)")
    parser.add_argument("--state", metavar="FILE", help="keep the state in this file")
    parser.add_argument(
        "--rate-limits", choices=["on", "off"], help="answer 429 beyond the rate limits of the service (default: on)"
    )
    parser.add_argument("--allow-remote", action="store_true", help="allow a --host that other machines can reach")
    parser.add_argument("--deliver-anywhere", action="store_true", help="also call webhooks on other machines")
    parser.add_argument("--tls", action="store_true", help="serve HTTPS with a certificate that is created at start")
    parser.add_argument("--tls-cert", metavar="FILE", help="serve HTTPS with this certificate chain")
    parser.add_argument("--tls-key", metavar="FILE", help="the private key for --tls-cert")
    parser.add_argument(
        "--dns", type=parse_dns_address, metavar="IP:PORT", help="look up the DNS records of domains at this server"
    )
    parser.add_argument("--version", action="version", version=f"mailtrap-emulator {__version__}")
    return parser


def parse_port(text: str) -> int:
    """Parse a port number."""
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port")
    return int(text)


def parse_dns_address(text: str) -> tuple[str, int]:
    """Parse an IP address and a port."""
    host, _, port = text.rpartition(":")
    try:
        return str(ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))), parse_port(port)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not an IP address and a port") from None


def parse_token(text: str) -> str:
    """Check that an API token can be sent in a header."""
    if not re.fullmatch(r"[!-~]+", text):
        raise argparse.ArgumentTypeError("a token is printable ASCII without blanks")
    return text


def listen(host: str, port: int, purpose: str) -> socket.socket:
    """Return a listening socket.

    :raises StartError: if the port cannot be used.
    """
    try:
        return bind_socket(host, port)
    except OSError as error:
        raise StartError(f"Cannot listen for {purpose} on {host} port {port}: {error.strerror or error}.") from None


def format_address(host: str, listener: socket.socket) -> str:
    """Return host and port of a listening socket, as they appear in a URL."""
    port = listener.getsockname()[1]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def serve(options: argparse.Namespace) -> None:
    """Start the emulator, print the ready line, and serve until a signal.

    :raises StartError: if an option is invalid or a port cannot be used.
    :raises StateFileError: if the state file cannot be used.
    :raises TlsError: if TLS cannot be set up.
    """
    if not is_loopback(options.host) and not options.allow_remote:
        raise StartError(f"Other machines can reach {options.host}; add --allow-remote to permit that.")
    with contextlib.ExitStack() as stack:
        context, ca_file = make_tls_context(options, stack)
        http = stack.enter_context(listen(options.host, options.port, "HTTP"))
        smtp = stack.enter_context(listen(options.host, options.smtp_port, "SMTP"))
        world = open_world(options, stack)
        journal, faults = Journal(), Faults()
        scheduler = Scheduler(world)
        pages = Page(world, format_address(options.host, smtp)).app()
        app = App(world, journal, faults, ControlPlane(world, journal, faults, scheduler).app(), pages)
        ready = {
            "api_url": f"{'http' if context is None else 'https'}://{format_address(options.host, http)}",
            "smtp": format_address(options.host, smtp),
            **describe_start(world),
            "pid": os.getpid(),
        }
        if ca_file is not None:
            ready["ca_file"] = str(ca_file)
        smtp_handler = SmtpHandler(SmtpDelivery(world))

        def print_ready_line() -> None:
            print(json.dumps(ready), flush=True)

        asyncio.run(
            run_servers(
                app,
                http,
                smtp,
                lambda: smtp_handler.connect(context),
                context,
                on_ready=print_ready_line,
                background=scheduler.run_forever,
            )
        )


def open_world(options: argparse.Namespace, stack: contextlib.ExitStack) -> World:
    """Create a world, with the contents of the state file if there is one.

    :raises StartError: if a DNS server is given and dnspython is missing.
    :raises StateFileError: if the state file cannot be used.
    """
    initial: Settings = {} if options.rate_limits is None else {"rate_limits": options.rate_limits == "on"}
    if options.state is None:
        world = create_world(initial_settings=initial)
    else:
        file = stack.enter_context(contextlib.closing(StateFile(options.state)))
        world = create_world(file.write, initial)
        file.load(world.store)
    world.deliver_anywhere = options.deliver_anywhere
    world.look_up_dns = make_dns_lookup(options)
    resume_state(world, options.token)
    # The command line wins over the settings in the state file.
    world.settings |= initial
    world.store.commit()
    return world


def make_dns_lookup(options: argparse.Namespace) -> DnsLookup | None:
    """Return the function that looks up DNS records, or None without ``--dns``.

    :raises StartError: if dnspython is missing.
    """
    if options.dns is None:
        return None
    try:
        # dnspython is an extra, and slow to import.
        from .dns_resolver import DnsResolver
    except ImportError:
        raise StartError("--dns needs the dnspython package: pip install 'mailtrap-emulator[dns]'.") from None
    return DnsResolver(*options.dns).look_up


def make_tls_context(
    options: argparse.Namespace, stack: contextlib.ExitStack
) -> tuple[ssl.SSLContext | None, Path | None]:
    """Return the TLS context, and the file with its certificate authority if the emulator created it.

    Both are None without TLS. The stack removes the file.

    :raises StartError: if only one of ``--tls-cert`` and ``--tls-key`` is given.
    :raises TlsError: if TLS cannot be set up.
    """
    if options.tls_cert or options.tls_key:
        if not (options.tls_cert and options.tls_key):
            raise StartError("--tls-cert and --tls-key must be given together.")
        return load_context(options.tls_cert, options.tls_key), None
    if not options.tls:
        return None, None
    context, ca_file = create_context(options.host)
    stack.callback(ca_file.unlink, missing_ok=True)
    return context, ca_file


def main(arguments: list[str] | None = None) -> int:
    """Run the command. The exit status is 0 after a signal, and 2 if the emulator could not start."""
    logging.basicConfig(stream=sys.stderr, level=logging.ERROR, format="mailtrap-emulator: %(message)s")
    # Injected faults are errors for uvicorn.
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
    logging.getLogger("mail").setLevel(logging.CRITICAL)
    try:
        serve(make_parser().parse_args(arguments))
    except (StartError, StateFileError, TlsError) as error:
        print(f"mailtrap-emulator: {error}", file=sys.stderr)
        return 2
    return 0
