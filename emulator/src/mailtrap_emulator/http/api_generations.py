# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The vocabulary of the URL generations (facts 1.3).

The service renamed inboxes to sandboxes and sending domains to domains. Both spellings are live over the same data,
and the noun in the path decides which spelling a call speaks in its wrapper key and in its field names.
Everything inside the emulator uses the current words; this table is the only place that knows the old ones.
"""

from ..model.legacy_names import LEGACY_NAMES

PATH_NOUNS = ("sandboxes", "domains")


class Vocabulary:
    """One vocabulary: turns a current word into the spelling that a call speaks."""

    def __init__(self, spelling: dict[str, str]) -> None:
        self._spelling = spelling

    def spell(self, word: str) -> str:
        return self._spelling.get(word, word)


CURRENT = Vocabulary({})
LEGACY = Vocabulary(LEGACY_NAMES)
