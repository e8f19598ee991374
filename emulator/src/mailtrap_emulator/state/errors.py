# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mistakes of whoever drives the emulator."""


class ControlError(ValueError):
    """A request to the control plane that cannot be done; its text is one sentence for whoever sent it."""
