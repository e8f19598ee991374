# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Markdown as HTML for a mail."""

from __future__ import annotations

import functools

from ansible.module_utils.basic import missing_required_lib

try:
    from markdown_it import MarkdownIt
except ImportError:
    _MARKDOWN = None
else:
    # CommonMark with tables. HTML in it is shown as it was written, and not obeyed: variables may come from anywhere.
    _MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])

from .._api.errors import MailtrapError


@functools.lru_cache(maxsize=8)  # the messages of a batch often share theirs
def as_html(text):
    """Return Markdown as HTML: str.

    :raises MailtrapError: when the library is missing.
    """
    if _MARKDOWN is None:
        raise MailtrapError(missing_required_lib("markdown-it-py", reason="for body_markdown"))
    return _MARKDOWN.render(text)
