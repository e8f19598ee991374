# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The vocabulary of the URL generations (facts 1.3).

The service renamed inboxes to sandboxes and sending domains to domains. Both spellings are live over the same data,
and the noun in the path decides which spelling a call speaks in its wrapper key and in its field names.
Everything inside the emulator uses the current words; this table is the only place that knows the old ones.
"""

OLD_WORDS = {
    "sandbox": "inbox",
    "sandboxes": "inboxes",
    "sandbox_id": "inbox_id",
    "sandbox_ids": "inbox_ids",
    "domain": "sending_domain",
    "domains": "sending_domains",
    "domain_id": "sending_domain_id",
    "domain_ids": "sending_domain_ids",
}
CURRENT_WORDS = {old: new for new, old in OLD_WORDS.items()}

PATH_NOUNS = ("sandboxes", "domains")


class Words:
    """One vocabulary: turns a current word into the spelling that a call speaks."""

    def __init__(self, spelling: dict[str, str]) -> None:
        self._spelling = spelling

    def __call__(self, word: str) -> str:
        return self._spelling.get(word, word)


CURRENT = Words({})
LEGACY = Words(OLD_WORDS)


def current_word(word: str) -> str:
    """The current spelling of a word that a client may have written in either generation."""
    return CURRENT_WORDS.get(word, word)
