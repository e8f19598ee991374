# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Company info of an account: fields, defaults and seeds (docs/service.md#company-info)."""

from ..state.errors import ControlError
from ..state.json_codec import JsonObject
from ..state.seeding import FieldReader, Seed
from ..state.store import Row, TableSpec
from ..state.world import World
from .accounts import find_account_id
from .domain_verification import begin_reviews, settle_domains
from .validation import cast_text, is_given

# The id of a row is the account id.
COMPANY_INFOS = TableSpec("company_infos")
TABLES = [COMPANY_INFOS]

# In the order of the service's answers.
TEXT_FIELDS = (
    "name",
    "address",
    "city",
    "country",
    "phone",
    "zip_code",
    "privacy_policy_url",
    "terms_of_service_url",
    "website_url",
)
REQUIRED_FIELDS = ("name", "address", "city", "country", "zip_code", "website_url")
URL_FIELDS = ("privacy_policy_url", "terms_of_service_url", "website_url")
INFO_LEVELS = ("business", "individual")
EMPTY_COMPANY_INFO: JsonObject = {**dict.fromkeys(TEXT_FIELDS), "info_level": "business"}


def insert_company_info(world: World, account_id: int, values: JsonObject) -> Row:
    """Add the company info of an account. Domains that were waiting for the company info enter the review."""
    settle_domains(world, world.store["domains"].select("account", account_id))
    row = world.store["company_infos"].add({"id": account_id, **EMPTY_COMPANY_INFO, **values, "has_switched": False})
    begin_reviews(world, account_id)
    return row


def parse_company_info(fields: JsonObject) -> JsonObject:
    """Return the values in a request. An ``info_level`` of null is ignored, and an empty URL becomes null."""
    values = {name: cast_text(fields, name) for name in EMPTY_COMPANY_INFO if is_given(fields, name)}
    values |= {name: values.get(name) or None for name in URL_FIELDS if name in values}
    if values.get("info_level", "") is None:
        del values["info_level"]
    return values


def seed_company_info(world: World, item: FieldReader) -> None:
    """Add the company info of an account. All fields are optional."""
    account_id = find_account_id(world, item)
    if world.store["company_infos"].get(account_id):
        raise ControlError(f"{item.location}: the account has company info already.")
    optional = {name: item.get(name, str) for name in EMPTY_COMPANY_INFO}
    values = {name: value for name, value in optional.items() if value is not None}
    if values.get("info_level", INFO_LEVELS[0]) not in INFO_LEVELS:
        raise ControlError(f"{item.location}: info_level must be {' or '.join(INFO_LEVELS)}.")
    insert_company_info(world, account_id, values)


SEEDS = [Seed("company_info", seed_company_info, after=("accounts", "domains", "verified_domains"))]
