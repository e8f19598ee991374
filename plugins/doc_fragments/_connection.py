# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This documentation fragment is private to the collection: it may change in any release.

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  api_token:
    description:
      - The API token of the Mailtrap account.
      - Without it, the environment variable E(MAILTRAP_API_TOKEN) is used, then E(MAILTRAP_API_KEY).
    type: str
  api_url:
    description:
      - The base URL of the service.
      - Another one than the default stands for all hosts of the service, the sending ones included, which is how
        everything is pointed at the emulator. The bulk stream is then below C(/bulk).
      - Without it, the environment variable E(MAILTRAP_API_URL) is used.
    type: str
    default: https://mailtrap.io
  account_id:
    description:
      - The id of the account. When it is given, requests go to the older, account-scoped paths of the API.
      - Without it, the environment variable E(MAILTRAP_ACCOUNT_ID) is used; without that too, the account is the one
        of the token.
    type: int
  timeout:
    description: Seconds to wait for a connection, and for each part of an answer, up to 3600.
    type: int
    default: 30
  retries:
    description:
      - How often a request is repeated at most. The wait in between grows with each try.
      - A request that the rate limit refused is repeated whatever it is, after the time that the service asks for,
        unless that is more than a minute.
      - After a fault of the network or of a gateway, a request is repeated only where doing it twice does no harm.
    type: int
    default: 5
  validate_certs:
    description: Whether the certificate of the service must be valid. Only use V(false) on a network that you trust.
    type: bool
    default: true
  ca_path:
    description:
      - A file or a folder with the certificates of the authorities to trust, instead of the usual ones.
      - Without it, the environment variable E(REQUESTS_CA_BUNDLE) is used.
    type: path
requirements:
  - requests >= 2.25.1
notes:
  - Proxies are taken from the usual environment variables, such as E(HTTPS_PROXY) and E(NO_PROXY).
"""

    # For plugins, besides the above: where else the same options are read from. Of several variables the last one wins.
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
