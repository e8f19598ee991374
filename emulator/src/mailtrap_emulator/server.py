# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The listening sockets and the life of the process around them."""

import asyncio
import signal
import socket
import ssl
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager, nullcontext

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# How long open requests may take to end when the process is told to stop, seconds.
GRACE = 1


class Protocol(HttpToolsProtocol):
    """The HTTP protocol of uvicorn, with its transport in reach: a fault must be able to end the connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        self.app_state = {**self.app_state, "transport": transport}
        super().connection_made(transport)


class Server(uvicorn.Server):
    """The HTTP server. Signals are handled by :func:`run`, not here."""

    def capture_signals(self) -> AbstractContextManager:
        return nullcontext()


def bind_socket(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP: asyncio turns off Nagle's delay only for sockets that say so.
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
    app: Callable,
    http: socket.socket,
    smtp: socket.socket,
    connect: Callable[[], asyncio.Protocol],
    tls: ssl.SSLContext | None,
    on_ready: Callable[[], None],
    watch: Callable[[], Coroutine],
) -> None:
    """Serve HTTP and SMTP until SIGTERM or SIGINT. ``connect`` makes the protocol of one SMTP connection, ``watch``
    does what happens by itself meanwhile."""
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
    mail = await loop.create_server(connect, sock=smtp)
    serving = asyncio.create_task(server.serve(sockets=[http]))
    while not server.started and not serving.done():
        await asyncio.sleep(0.005)
    on_ready()
    watching = asyncio.create_task(watch())
    await serving
    watching.cancel()
    mail.close()
