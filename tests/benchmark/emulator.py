# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Benchmark of the emulator: GET requests per second on one core, and the time to list a small and a large sandbox.

Run it by hand on an idle machine. On Linux, the server gets a core of its own, and the clients, which are separate
processes, use the other cores.
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
MIN_REQUESTS_PER_SECOND = 1000
SANDBOX_SIZES = (10, 50_000)
ROUNDS = 50


def main() -> int:
    """Run the benchmark, print the results, and return 1 if the emulator is too slow."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    # Forked processes would inherit the open files of this process.
    context = multiprocessing.get_context("spawn")
    with Emulator("--rate-limits", "off") as emulator:
        if len(cores) > 1:
            os.sched_setaffinity(emulator.pid, cores[:1])
            os.sched_setaffinity(0, cores[1:])
        else:
            print("The clients share the core of the server: there is only one, or processes cannot be bound to cores.")
        emulator.seed(
            projects=[{"id": 7, "name": "Shop"}],
            sandboxes=[{"id": 70, "project_id": 7, "name": "Staging"}],
            email_templates=[{"id": 5, "name": "Welcome"}],
        )
        address = emulator.api_url.removeprefix("http://")
        slowest: float = MIN_REQUESTS_PER_SECOND
        with ProcessPoolExecutor(PROCESSES, context) as pool:
            for path in PATHS:
                start = cpu_seconds(emulator.pid)
                count = sum(pool.map(count_requests, *zip(*[(address, emulator.token, path)] * PROCESSES, strict=True)))
                busy_seconds = cpu_seconds(emulator.pid) - start
                print(f"{path:24} {count / SECONDS:7.0f} requests per second", end="")
                print(f", {count / busy_seconds:.0f} per second of processor time" if busy_seconds else "")
                slowest = min(slowest, count / SECONDS)
        for size in SANDBOX_SIZES:
            create_sandbox(emulator, size)
            seconds = asyncio.run(time_first_page(address, emulator.token, size))
            print(f"first page of {size:6} messages {seconds * 1000:7.2f} ms")
    is_too_slow = slowest < MIN_REQUESTS_PER_SECOND
    print(f"at least {MIN_REQUESTS_PER_SECOND} requests per second: {'TOO SLOW' if is_too_slow else 'ok'}")
    return int(is_too_slow)


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process has used, or 0 if the system has no /proc."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def count_requests(address: str, token: str, path: str) -> int:
    """Send requests on several connections until the time is up, and return the number of answers."""
    return asyncio.run(_count_requests(address, token, path))


async def _count_requests(address: str, token: str, path: str) -> int:
    end = time.perf_counter() + SECONDS
    return sum(await asyncio.gather(*(_request_until(address, token, path, end) for _ in range(CONNECTIONS))))


async def _request_until(address: str, token: str, path: str, end: float) -> int:
    count = 0
    reader, writer = await connect(address)
    while time.perf_counter() < end:
        await get(reader, writer, address, token, path)
        count += 1
    writer.close()
    return count


async def connect(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, _, port = address.rpartition(":")
    return await asyncio.open_connection(host, int(port))


async def get(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: str, token: str, path: str) -> bytes:
    """Send a GET request and return the body; end the benchmark if the status is not 200."""
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {address}\r\nApi-Token: {token}\r\n\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if not head.startswith(b"http/1.1 200"):
        sys.exit(f"Could not get {path}: {head.splitlines()[0].decode()}.")
    return await reader.readexactly(int(head.partition(b"content-length: ")[2].partition(b"\r")[0]))


def create_sandbox(emulator: Emulator, size: int) -> None:
    """Create a sandbox with a number of messages; its ID is that number."""
    emulator.seed(sandboxes=[{"id": size, "project_id": 7, "name": str(size), "max_size": size}])
    for start in range(0, size, 5000):
        messages = [
            {"sandbox_id": size, "raw": f"From: a@b.c\nTo: d@e.f\nSubject: {number}\n\nHello\n"}
            for number in range(start, min(start + 5000, size))
        ]
        emulator.seed(messages=messages)


async def time_first_page(address: str, token: str, sandbox_id: int) -> float:
    """Return the median of the seconds that listing the newest messages of a sandbox takes."""
    reader, writer = await connect(address)
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        await get(reader, writer, address, token, f"/api/sandboxes/{sandbox_id}/messages")
        times.append(time.perf_counter() - start)
    writer.close()
    return statistics.median(times)


if __name__ == "__main__":
    sys.exit(main())
