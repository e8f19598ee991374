# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two generations of API paths and the names that each one uses (docs/service.md#api-generations).

The service renamed inboxes to sandboxes and sending domains to domains. Both generations of paths work on the same
data. The noun in the path decides which names a call uses for its wrapper key and its fields. Everything else in the
emulator uses the current names.
"""

from collections.abc import Mapping

from ..model.legacy_names import LEGACY_NAMES

# The current nouns in paths. A path with one of them exists in both generations.
PATH_NOUNS = ("sandboxes", "domains")


class Vocabulary:
    """The names of one generation, by current name. Names that never changed are left out."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def spell(self, name: str) -> str:
        """Return the name that this generation uses for a current name."""
        return self._names.get(name, name)


CURRENT = Vocabulary({})
LEGACY = Vocabulary(LEGACY_NAMES)
