# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who may do what: API tokens and the levels that they have on things (facts 1.2, 3.3, 3.4)."""

from ..state.clock import Clock, parse_iso
from ..state.store import Row, Store, TableSpec

OWNER, ADMIN, VIEWER, INDETERMINATE, NONE = 1000, 100, 10, 1, 0

ACCESSES = TableSpec("account_accesses", 4_700_000, groups={"account": lambda row: row["account_id"]})
TOKENS = TableSpec(
    "api_tokens",
    2_500_000,
    unique=("token", "access_id"),
    groups={"account": lambda row: row["account_id"]},
)


def is_expired(token: Row, clock: Clock) -> bool:
    return token["expires_at"] is not None and parse_iso(token["expires_at"]) <= clock.now()


def find_valid_token(store: Store, clock: Clock, value: str | None) -> Row | None:
    """The token with this value, unless it is unknown, deleted or expired."""
    token = store[TOKENS.name].find("token", value) if value else None
    return None if token is None or is_expired(token, clock) else token


class AccessLevels:
    """The levels of one token inside its account. The wider grant includes the narrower (facts 3.3)."""

    def __init__(self, token: Row) -> None:
        self._grants = {
            (item["resource_type"], item["resource_id"]): item["access_level"] for item in token["resources"]
        }
        self.account_id: int | None = token["account_id"]
        self.account = self._grants.get(("account", self.account_id), NONE)

    def project(self, project: Row) -> int:
        return max(self.account, self._grants.get(("project", project["id"]), NONE))

    def sandbox(self, sandbox: Row) -> int:
        if self.account >= ADMIN:
            return self.account
        return max(
            self.account,
            self._grants.get(("project", sandbox["project_id"]), NONE),
            self._grants.get(("sandbox", sandbox["id"]), NONE),
        )

    def domain(self, domain: Row) -> int:
        return max(self.account, self._grants.get(("domain", domain["id"]), NONE))

    def domains(self) -> set[int] | None:
        """The ids of the domains that the token may look at; None is all (facts 3.20)."""
        if self.account >= VIEWER:
            return None
        return {key for (kind, key), level in self._grants.items() if kind == "domain" and level >= VIEWER}

    def scope(self, resource_type: str) -> int:
        """The level on a part of the account that has no object of its own, such as ``billing`` or
        ``email_template_permission_scope``, whose id is the account's."""
        return max(self.account, self._grants.get((resource_type, self.account_id), NONE))

    def organization(self, organization_id: int) -> int:
        return self._grants.get(("organization", organization_id), NONE)

    def levels(self) -> list[int]:
        """The distinct levels of the token, highest first."""
        return sorted(set(self._grants.values()), reverse=True)


def remove_grants(store: Store, account_id: int, resource_type: str, key: int) -> None:
    """Take the permissions on a thing that is gone away from everybody."""
    for table in (store[ACCESSES.name], store[TOKENS.name]):
        for row in table.select("account", account_id):
            others = [
                item
                for item in row["resources"]
                if (item["resource_type"], item["resource_id"]) != (resource_type, key)
            ]
            if len(others) < len(row["resources"]):
                table.update(row, resources=others)


def describe_permissions(level: int) -> dict[str, bool]:
    """The ``permissions`` object that an answer carries for a thing the token has this level on."""
    admin = level >= ADMIN
    return {"can_read": level >= INDETERMINATE, "can_update": admin, "can_destroy": admin, "can_leave": True}
