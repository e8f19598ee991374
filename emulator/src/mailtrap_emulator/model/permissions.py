# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Access levels of API tokens and people (docs/service.md#permissions)."""

from typing import TypedDict

from ..state.clock import Clock, parse_iso
from ..state.store import Row, Store, TableSpec

OWNER, ADMIN, VIEWER, INDETERMINATE, NONE = 1000, 100, 10, 1, 0


class Grant(TypedDict):
    """A permission of a token or a person. ``resource_type`` is a current name."""

    resource_type: str
    resource_id: int
    access_level: int


ACCESSES = TableSpec("account_accesses", 4_700_000, groups={"account": lambda row: row["account_id"]})
TOKENS = TableSpec(
    "api_tokens",
    2_500_000,
    unique=("token", "access_id"),
    groups={"account": lambda row: row["account_id"]},
)


def is_expired(token: Row, clock: Clock) -> bool:
    """Return whether a token has expired."""
    return token["expires_at"] is not None and parse_iso(token["expires_at"]) <= clock.now()


def find_valid_token(store: Store, clock: Clock, value: str | None) -> Row | None:
    """Return the token with this value, or None if it is unknown, deleted or expired."""
    token = store[TOKENS.name].find("token", value) if value else None
    return None if token is None or is_expired(token, clock) else token


class AccessLevels:
    """The access levels of a token. A level on the account or a project includes what is inside it.

    See docs/service.md#permissions.
    """

    def __init__(self, token: Row) -> None:
        self._grants: dict[tuple[str, int | None], int] = {
            (grant["resource_type"], grant["resource_id"]): grant["access_level"] for grant in token["resources"]
        }
        self.account_id: int | None = token["account_id"]
        self.account = self._grants.get(("account", self.account_id), NONE)

    def project(self, project: Row) -> int:
        """Return the level on a project."""
        return max(self.account, self._grants.get(("project", project["id"]), NONE))

    def sandbox(self, sandbox: Row) -> int:
        """Return the level on a sandbox."""
        if self.account >= ADMIN:
            return self.account
        return max(
            self.account,
            self._grants.get(("project", sandbox["project_id"]), NONE),
            self._grants.get(("sandbox", sandbox["id"]), NONE),
        )

    def domain(self, domain: Row) -> int:
        """Return the level on a domain."""
        return max(self.account, self._grants.get(("domain", domain["id"]), NONE))

    def domains(self) -> set[int] | None:
        """Return the ids of the domains that the token can read, or None for all (docs/service.md#email-logs)."""
        if self.account >= VIEWER:
            return None
        return {
            resource_id
            for (resource_type, resource_id), level in self._grants.items()
            if resource_type == "domain" and resource_id is not None and level >= VIEWER
        }

    def scope(self, resource_type: str) -> int:
        """Return the level on a part of the account, such as ``billing`` or ``email_template_permission_scope``.

        The resource id of such a part is the account id.
        """
        return max(self.account, self._grants.get((resource_type, self.account_id), NONE))

    def organization(self, organization_id: int) -> int:
        """Return the level on an organization."""
        return self._grants.get(("organization", organization_id), NONE)

    def levels(self) -> list[int]:
        """Return the distinct levels of the token, highest first."""
        return sorted(set(self._grants.values()), reverse=True)


def remove_grants(store: Store, account_id: int, resource_type: str, resource_id: int) -> None:
    """Remove the permissions of all tokens and people on a deleted resource."""
    for table in (store[ACCESSES.name], store[TOKENS.name]):
        for row in table.select("account", account_id):
            remaining = [
                grant
                for grant in row["resources"]
                if (grant["resource_type"], grant["resource_id"]) != (resource_type, resource_id)
            ]
            if len(remaining) < len(row["resources"]):
                table.update(row, resources=remaining)


def describe_permissions(level: int) -> dict[str, bool]:
    """Return the ``permissions`` object of a resource for a token that has this level on it."""
    is_admin = level >= ADMIN
    return {"can_read": level >= INDETERMINATE, "can_update": is_admin, "can_destroy": is_admin, "can_leave": True}
