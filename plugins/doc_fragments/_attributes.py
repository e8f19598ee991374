# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This documentation fragment is private to the collection: it may change in any release.

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return the changed status without changing anything.
  diff_mode:
    description: Returns details on what has changed, or would change in C(check_mode), when in diff mode.
  idempotent:
    description: When run twice in a row outside of check mode with the same arguments, the second run changes nothing.
  action_group:
    description: Use C(group/community.mailtrap.mailtrap) in C(module_defaults) to set the connection of all modules.
    support: full
    membership:
      - community.mailtrap.mailtrap
  in_process:
    description:
      - On a C(local) connection the module runs inside the controller's worker process, which is ten times faster,
        with the controller's own Python and its C(requests).
      - It runs as an ordinary module on any other connection, with C(become), with C(async), and where the variable
        C(mailtrap_in_process) is V(false).
    support: full
"""

    STATE = r"""
options: {}
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
"""

    INFO = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - This module does not modify state.
  diff_mode:
    support: N/A
    details:
      - This module does not modify state.
  idempotent:
    support: full
    details:
      - This module does not modify state.
"""
