# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How fast the emulator is: simple GETs per second on one core, and the first page of a small and of a full sandbox.

Run by hand, on a machine with nothing else to do. The server has a core for itself where the system lets us say so
(Linux); the clients are other processes, on the other cores if there are any.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import statistics
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from mailtrap_emulator.testing import Emulator

PROCESSES, CONNECTIONS, SECONDS = 2, 8, 5
PATHS = ("/api/accounts", "/api/projects/7", "/api/sandboxes/70", "/api/email_templates/5")
TARGET = 1000
SIZES = (10, 50_000)
TURNS = 50


def main() -> int:
    """Measure, print, and return 1 when the target is missed."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    # Processes that are started by a fork of ours would inherit what we hold open.
    context = multiprocessing.get_context("spawn")
    with Emulator("--rate-limits", "off") as emulator:
        if len(cores) > 1:
            os.sched_setaffinity(emulator.pid, cores[:1])
            os.sched_setaffinity(0, cores[1:])
        else:
            print("There is no second core, or no way to choose one: the clients take time from the server.")
        emulator.seed(
            projects=[{"id": 7, "name": "Shop"}],
            sandboxes=[{"id": 70, "project_id": 7, "name": "Staging"}],
            email_templates=[{"id": 5, "name": "Welcome"}],
        )
        address = emulator.api_url.removeprefix("http://")
        slowest = TARGET
        with ProcessPoolExecutor(PROCESSES, context) as pool:
            for path in PATHS:
                before = cpu_seconds(emulator.pid)
                done = sum(pool.map(count, *zip(*[(address, emulator.token, path)] * PROCESSES, strict=True)))
                busy = cpu_seconds(emulator.pid) - before
                print(f"{path:24} {done / SECONDS:7.0f} requests per second", end="")
                print(f", {done / busy:.0f} in a second of the core" if busy else "")
                slowest = min(slowest, done / SECONDS)
        for size in SIZES:
            fill(emulator, size)
            seconds = asyncio.run(first_page(address, emulator.token, size))
            print(f"first page of {size:6} messages {seconds * 1000:7.2f} ms")
    print(f"at least {TARGET} requests per second: {'ok' if slowest >= TARGET else 'TOO SLOW'}")
    return int(slowest < TARGET)


def cpu_seconds(pid: int) -> float:
    """What a process has had of its core; on a busy machine it gets less than all. 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def count(address: str, token: str, path: str) -> int:
    """The requests that one process gets answered, on all its connections together."""
    return asyncio.run(_count(address, token, path))


async def _count(address: str, token: str, path: str) -> int:
    end = time.perf_counter() + SECONDS
    return sum(await asyncio.gather(*(_ask(address, token, path, end) for _ in range(CONNECTIONS))))


async def _ask(address: str, token: str, path: str, end: float) -> int:
    done = 0
    reader, writer = await connect(address)
    while time.perf_counter() < end:
        await get(reader, writer, address, token, path)
        done += 1
    writer.close()
    return done


async def connect(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, _, port = address.rpartition(":")
    return await asyncio.open_connection(host, int(port))


async def get(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: str, token: str, path: str) -> bytes:
    """The body of a 200; anything else ends the measurement."""
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {address}\r\nApi-Token: {token}\r\n\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if not head.startswith(b"http/1.1 200"):
        sys.exit(f"{path} was answered with {head.splitlines()[0].decode()}.")
    return await reader.readexactly(int(head.partition(b"content-length: ")[2].partition(b"\r")[0]))


def fill(emulator: Emulator, size: int) -> None:
    """A sandbox of its own, with the size as its id."""
    emulator.seed(sandboxes=[{"id": size, "project_id": 7, "name": str(size), "max_size": size}])
    for start in range(0, size, 5000):
        messages = [
            {"sandbox_id": size, "raw": f"From: a@b.c\nTo: d@e.f\nSubject: {number}\n\nHello\n"}
            for number in range(start, min(start + 5000, size))
        ]
        emulator.seed(messages=messages)


async def first_page(address: str, token: str, sandbox_id: int) -> float:
    """The median of the seconds that the newest messages of a sandbox take."""
    reader, writer = await connect(address)
    measured = []
    for _ in range(TURNS):
        started = time.perf_counter()
        await get(reader, writer, address, token, f"/api/sandboxes/{sandbox_id}/messages")
        measured.append(time.perf_counter() - started)
    writer.close()
    return statistics.median(measured)


if __name__ == "__main__":
    sys.exit(main())
