# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the options of the modules that reply to and forward inbound messages."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  id:
    description: ID of the inbound message, a string of digits.
    type: str
    required: true
  from:
    description:
      - Sender of the mail, as V(user@host) or V(Name <user@host>).
      - Required if the inbox is on a domain of the account. The address must be on that domain.
      - Not allowed if Mailtrap hosts the inbox. The inbox then sends with its own address.
    type: str
    aliases:
      - sender
  cc:
    description: Recipients of a copy, each as V(user@host) or V(Name <user@host>).
    type: list
    elements: str
  bcc:
    description: Recipients of a blind copy, whom the other recipients do not see.
    type: list
    elements: str
  reply_to:
    description: Address for replies, as V(user@host) or V(Name <user@host>).
    type: str
  html:
    description:
      - HTML body of the mail.
      - To display an inline attachment, refer to its O(attachments[].content_id), for example
        C(<img src="cid:logo.png">).
      - Cannot be combined with O(body_markdown).
    type: str
  body_markdown:
    description:
      - Body of the mail in Markdown (CommonMark with tables and strikethrough).
      - The module renders it as the HTML body. The Markdown source is the plain text body unless O(text) is specified.
      - Cannot be combined with O(html).
    type: str
  category:
    description: Category of the mail in statistics and email logs. At most 255 characters.
    type: str
  custom_variables:
    description:
      - Key-value pairs that Mailtrap stores with the mail and returns in email logs and webhook events.
      - The values are converted to strings. At most 1000 bytes as JSON.
    type: dict
  headers:
    description:
      - Additional headers of the mail.
      - Headers that have an option of their own, such as C(Reply-To), and headers that Mailtrap sets, such as C(Date),
        are not allowed.
    type: dict
  attachments:
    description: Files to attach to the mail.
    type: list
    elements: dict
    suboptions:
      src:
        description:
          - Path of the file.
          - Unless O(attachments[].remote_src=true), a relative path is searched on the controller, in the same
            directories as O(ansible.builtin.copy#module:src).
        type: path
        required: true
      remote_src:
        description: If V(true), O(attachments[].src) is a path on the target host instead of the controller.
        type: bool
        default: false
      filename:
        description:
          - File name that the recipient sees.
          - Defaults to the last component of O(attachments[].src).
        type: str
      content_type:
        description:
          - Media type of the file, such as V(image/png).
          - By default, the module guesses it from the file name.
        type: str
      disposition:
        description:
          - Whether mail clients list the file as an attachment (V(attachment)) or display it within the HTML body
            (V(inline)).
        type: str
        default: attachment
        choices:
          - attachment
          - inline
      content_id:
        description:
          - ID by which the HTML body refers to the file, as in C(cid:logo.png).
          - Only ASCII characters except blanks, V(<) and V(>) are allowed.
          - For an inline file, defaults to the file name if that is a valid ID.
        type: str
attributes:
  check_mode:
    support: full
    details:
      - The module validates the options and the attachments, and looks up the inbox. It sends nothing.
  diff_mode:
    support: none
  idempotent:
    support: none
    details:
      - Each run sends the mail again.
      - If the outcome of the request is unknown, the module does not repeat it. The task fails, and its error states
        that the mail may have been sent.
requirements:
  - markdown-it-py >= 2.1.0, only for O(body_markdown)
"""
