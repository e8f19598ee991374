# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stateful emulator of the Mailtrap API.

The packages are layers. Each one imports only from the packages that stand before it in this list:

1. ``state``: tables, state file, clock, scheduler and settings
2. ``mail``: MIME, Handlebars and the SMTP server
3. ``model``: the rules of the service, one file for each resource; knows nothing of HTTP
4. ``http``: routing, calls, responses, rate limits
5. ``areas``: the operations of the API, one file for each resource; speaks HTTP only
6. ``control``: the control plane, fault injection and the request journal
7. ``page``: the web page for people

The modules beside the packages start the process and may import everything. ``tests/test_structure.py`` checks this.
"""

__version__ = "0.1.0"
