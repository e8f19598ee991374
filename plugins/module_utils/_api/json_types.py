# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Type aliases for the JSON that the service sends and receives, and for Ansible's options and results."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple, Union

# Any value of a JSON document. The service adds fields at any time, so answers are not typed more closely.
Json = Any
JsonObject = Dict[str, Any]

# Query parameters of a request, in their order.
Query = Union[Dict[str, Any], List[Tuple[str, Any]]]

# The options of a module after validation, and the keyword arguments of its exit_json.
Options = Dict[str, Any]
Result = Dict[str, Any]

# Options as Ansible describes them.
ArgumentSpec = Dict[str, Dict[str, Any]]
