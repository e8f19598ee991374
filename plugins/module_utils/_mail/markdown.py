# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rendering the option ``body_markdown`` as HTML."""

from __future__ import annotations

import functools
from typing import Optional

from ansible.module_utils.basic import missing_required_lib

try:
    from markdown_it import MarkdownIt
except ImportError:
    _RENDERER: Optional[MarkdownIt] = None
else:
    # HTML in the source is escaped, because variables may insert text from any origin.
    _RENDERER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])

from .._api.errors import MailtrapError


@functools.lru_cache(maxsize=8)  # the messages of a batch often share their text
def markdown_to_html(text: str) -> str:
    """Render Markdown (CommonMark with tables and strikethrough) as HTML.

    :raises MailtrapError: if the library is not installed.
    """
    if _RENDERER is None:
        raise MailtrapError(missing_required_lib("markdown-it-py", reason="for body_markdown"))
    return _RENDERER.render(text)
