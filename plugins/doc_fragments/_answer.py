# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This documentation fragment is private to the collection: it may change in any release.

from __future__ import annotations


class ModuleDocFragment:
    # For modules that send mail about a message that has come in.
    DOCUMENTATION = r"""
options:
  id:
    description: The id of the message, a text of digits.
    type: str
    required: true
  from:
    description:
      - The sender, as V(user@host) or V(Name <user@host>).
      - Required for an inbox with an own domain, on which the address must be. An inbox with an address of Mailtrap
        sends as itself, and the service refuses another sender.
    type: str
    aliases:
      - sender
  cc:
    description: The recipients of copies, each as V(user@host) or V(Name <user@host>).
    type: list
    elements: str
  bcc:
    description: The recipients of copies that the others do not see.
    type: list
    elements: str
  reply_to:
    description: Where answers go.
    type: str
  html:
    description: The HTML of the mail. It shows an inline attachment by C(<img src="cid:logo.png">).
    type: str
  body_markdown:
    description:
      - The mail as Markdown, in the dialect CommonMark with tables. The HTML is made of it, and the text is the
        Markdown as it stands, unless O(text) is given.
    type: str
  category:
    description: The category under which the service counts the mail, up to 255 characters.
    type: str
  custom_variables:
    description:
      - Values that the service keeps with the mail and shows in its log and in webhooks, up to 1000 bytes of JSON.
    type: dict
  headers:
    description: Further header fields. Those that have an option of their own cannot be set here.
    type: dict
  attachments:
    description: The files to attach.
    type: list
    elements: dict
    suboptions:
      src:
        description:
          - The file. It is looked for on the controller, where M(ansible.builtin.copy) looks for its source.
        type: path
        required: true
      remote_src:
        description: Whether O(attachments[].src) is a file on the target rather than on the controller.
        type: bool
        default: false
      filename:
        description: The name of the file that the recipient sees. The name of O(attachments[].src) when not given.
        type: str
      content_type:
        description: The media type of the file. It is guessed from the name when not given.
        type: str
      disposition:
        description: Whether the file is shown beside the mail or as a part of it.
        type: str
        default: attachment
        choices:
          - attachment
          - inline
      content_id:
        description:
          - The name by which the HTML refers to an inline file. The name of the file when not given.
        type: str
attributes:
  check_mode:
    support: full
    details:
      - The options are checked, the attachments looked at, and the inbox looked up. Nothing is sent.
  diff_mode:
    support: none
  idempotent:
    support: none
    details:
      - Every run sends a mail.
      - When it is unknown whether the mail went out, it is not sent again; the task fails, and says so.
requirements:
  - markdown-it-py >= 2.1.0, for O(body_markdown) only
"""
