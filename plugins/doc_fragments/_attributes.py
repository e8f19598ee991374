# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

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
    description: Use C(group/community.mailtrap.mailtrap) in C(module_defaults) to set the connection options of all
      modules.
    support: full
    membership:
      - community.mailtrap.mailtrap
  in_process:
    description:
      - With the connection C(local), the module runs inside Ansible's worker process on the controller. This is about
        ten times faster. It uses the controller's Python and its C(requests) library.
      - With another connection, C(become), or C(async), it runs as an ordinary module. Set the variable
        C(mailtrap_in_process) to V(false) to always run it as an ordinary module.
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
