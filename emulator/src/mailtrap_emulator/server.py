# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The HTTP and SMTP servers and the signals that stop them."""

import asyncio
import signal
import socket
import ssl
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# Seconds that open requests get to end after a signal.
GRACE = 1


class Protocol(HttpToolsProtocol):
    """The HTTP protocol of uvicorn, which shares its transport so that a fault can close the connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Add the transport to the ``state`` of the ASGI scope."""
        self.app_state = {**self.app_state, "transport": transport}
        super().connection_made(transport)


class Server(uvicorn.Server):
    """The HTTP server. It leaves signals to :func:`run_servers`."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Do nothing."""
        yield


def bind_socket(host: str, port: int) -> socket.socket:
    """Return a listening socket. Port 0 picks a free port.

    :raises OSError: if the port cannot be used.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With an explicit protocol, because asyncio disables Nagle's algorithm only for such sockets.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener


async def run_servers(
    app: ASGIApp,
    http: socket.socket,
    smtp: socket.socket,
    connect_smtp: Callable[[], asyncio.Protocol],
    tls: ssl.SSLContext | None,
    *,
    on_ready: Callable[[], None],
    background: Callable[[], Coroutine[None, None, None]],
) -> None:
    """Serve HTTP and SMTP until SIGTERM or SIGINT.

    ``connect_smtp`` makes the protocol of an SMTP connection. ``background`` runs from ``on_ready`` to the end.
    """
    config = uvicorn.Config(
        app,
        http=Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        headers=[("server", "mailtrap-emulator")],
        timeout_keep_alive=75,
        timeout_graceful_shutdown=GRACE,
    )
    config.load()
    config.ssl = tls
    server = Server(config)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, setattr, server, "should_exit", True)
    smtp_server = await loop.create_server(connect_smtp, sock=smtp)
    http_task = asyncio.create_task(server.serve(sockets=[http]))
    while not server.started and not http_task.done():
        await asyncio.sleep(0.005)
    on_ready()
    background_task = asyncio.create_task(background())
    await http_task
    background_task.cancel()
    smtp_server.close()
