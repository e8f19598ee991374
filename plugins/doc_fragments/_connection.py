# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  api_token:
    description:
      - The API token of the Mailtrap account.
      - If not set, the environment variable E(MAILTRAP_API_TOKEN) is used, then E(MAILTRAP_API_KEY).
    type: str
  api_url:
    description:
      - The base URL of the Mailtrap API. Set it to use the Mailtrap emulator instead of Mailtrap.
      - A URL other than the default replaces all hosts of Mailtrap, including the hosts that send mail. Bulk mail is
        then sent to a path below C(/bulk).
      - If not set, the environment variable E(MAILTRAP_API_URL) is used.
    type: str
    default: https://mailtrap.io
  account_id:
    description:
      - The ID of the account. If set, the module uses the older API paths, which contain the account ID.
      - If not set, the environment variable E(MAILTRAP_ACCOUNT_ID) is used. If that is not set either, the module uses
        the account that the API token belongs to.
    type: int
  timeout:
    description:
      - The number of seconds to wait for a connection, and for each part of a response. The maximum is 3600.
    type: int
    default: 30
  retries:
    description:
      - The maximum number of times that a request is repeated. The delay between attempts increases.
      - A request that a rate limit rejects is repeated after the delay that Mailtrap asks for. The task fails if that
        delay is longer than one minute.
      - After a network or gateway error, a request is repeated only if sending it twice has no side effects.
    type: int
    default: 5
  validate_certs:
    description: Whether to validate the TLS certificate of Mailtrap. Use V(false) only on networks that you trust.
    type: bool
    default: true
  ca_path:
    description:
      - The path of a file or directory with the certificates of the certificate authorities to trust, instead of the
        default ones.
      - If not set, the environment variable E(REQUESTS_CA_BUNDLE) is used.
    type: path
requirements:
  - requests >= 2.25.1
notes:
  - Proxies are configured with the usual environment variables, such as E(HTTPS_PROXY) and E(NO_PROXY).
"""

    # The other sources of the same options for plugins. If several variables are set, the last one in the list wins.
    PLUGIN = r"""
options:
  api_token:
    env:
      - name: MAILTRAP_API_KEY
      - name: MAILTRAP_API_TOKEN
    vars:
      - name: mailtrap_api_token
    ini:
      - section: mailtrap
        key: api_token
  api_url:
    env:
      - name: MAILTRAP_API_URL
    vars:
      - name: mailtrap_api_url
    ini:
      - section: mailtrap
        key: api_url
  account_id:
    env:
      - name: MAILTRAP_ACCOUNT_ID
    vars:
      - name: mailtrap_account_id
    ini:
      - section: mailtrap
        key: account_id
  timeout:
    vars:
      - name: mailtrap_timeout
    ini:
      - section: mailtrap
        key: timeout
  retries:
    vars:
      - name: mailtrap_retries
    ini:
      - section: mailtrap
        key: retries
  validate_certs:
    vars:
      - name: mailtrap_validate_certs
    ini:
      - section: mailtrap
        key: validate_certs
  ca_path:
    env:
      - name: REQUESTS_CA_BUNDLE
    vars:
      - name: mailtrap_ca_path
    ini:
      - section: mailtrap
        key: ca_path
"""
