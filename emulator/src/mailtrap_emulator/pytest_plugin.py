# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pytest plugin: one emulator for the whole run, reset for each test that uses it."""

from collections.abc import Iterator

import pytest

from .testing import Emulator


@pytest.fixture(scope="session")
def mailtrap_emulator_process() -> Iterator[Emulator]:
    """The emulator of this run, with the state that earlier tests left."""
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def mailtrap_emulator(mailtrap_emulator_process: Emulator) -> Emulator:
    """The emulator of this run, in its start state."""
    mailtrap_emulator_process.reset()
    return mailtrap_emulator_process
