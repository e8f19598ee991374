# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter audit_findings; documented in audit_findings.yml."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleFilterError
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.community.mailtrap.plugins.module_utils._resources.token_lifecycle import has_successor

if TYPE_CHECKING:
    from ansible_collections.community.mailtrap.plugins.module_utils._api.json_types import JsonObject

ADMIN_LEVEL = 100
ACCOUNT_WIDE_TYPES = ("account", "organization")
VERIFIED_STATUS = "pass"


def audit_findings(account: JsonObject, usage_percent: int = 80, skip: Iterable[str] = ()) -> list[JsonObject]:
    """Return the security and delivery problems of an account, each with ``check``, ``subject``, ``id`` and ``text``.

    :param account: the results of info modules by return name; None for a result that the API token cannot read.
    :param usage_percent: the share of a plan's limit from which the usage is reported.
    :param skip: the checks to leave out.
    :raises AnsibleFilterError: if an argument is invalid.
    """
    if not isinstance(account, Mapping) or not set(account) <= set(AREA_CHECKS):
        raise AnsibleFilterError(
            f"audit_findings expects a dictionary with any of the keys {', '.join(AREA_CHECKS)}, and no others"
        )
    threshold = _parse_percent(usage_percent)
    unknown = sorted(set(skip) - set(CHECKS))
    if unknown:
        raise AnsibleFilterError(
            f"audit_findings: skip has unknown checks: {', '.join(unknown)}. The checks are {', '.join(CHECKS)}"
        )
    findings: list[JsonObject] = []
    for area, content in account.items():
        if content is None:
            findings.append(_build_finding("not_read", area, None, "the API token has no permission to read this"))
        else:
            findings += AREA_CHECKS[area](content)
    selected = [
        finding for finding in findings if finding["check"] not in skip and finding.pop("percent", 100) >= threshold
    ]
    # Names may contain braces, which Ansible must not evaluate.
    return wrap_var(selected)


def _parse_percent(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise AnsibleFilterError(f"audit_findings: usage_percent must be a number, not {value!r}") from None


def _build_finding(check: str, subject: str | None, object_id: int | None, text: str) -> JsonObject:
    return {"check": check, "subject": subject, "id": object_id, "text": text}


def _check_tokens(tokens: list[JsonObject]) -> Iterator[JsonObject]:
    for token in tokens:
        # A token that was rotated expires without any action.
        if has_successor(token, tokens):
            continue
        subject = f"API token {token.get('name')}"
        if not token.get("expires_at"):
            yield _build_finding("token_without_expiry", subject, token["id"], "never expires")
        if any(_is_account_admin(permission) for permission in token.get("resources") or ()):
            yield _build_finding(
                "token_admin_of_account", subject, token["id"], "has admin access to the whole account"
            )


def _is_account_admin(permission: JsonObject) -> bool:
    return permission.get("resource_type") in ACCOUNT_WIDE_TYPES and permission.get("access_level", 0) >= ADMIN_LEVEL


def _check_accesses(accesses: list[JsonObject]) -> Iterator[JsonObject]:
    for access in accesses:
        user = access.get("specifier") or {}
        if access.get("specifier_type") == "User" and user.get("two_factor_authentication_enabled") is False:
            text = "has not enabled two-factor authentication"
            yield _build_finding("person_without_2fa", user.get("email"), access["id"], text)


def _check_domains(domains: list[JsonObject]) -> Iterator[JsonObject]:
    for domain in domains:
        if domain.get("demo"):
            continue
        subject, status = f"domain {domain.get('domain_name')}", domain.get("compliance_status")
        if not domain.get("dns_verified"):
            records = domain.get("dns_records") or ()
            unverified = [
                f"{record.get('key')} {record.get('status')}"
                for record in records
                if record.get("status") != VERIFIED_STATUS
            ]
            text = "its DNS records are not verified" + (f": {', '.join(unverified)}" if unverified else "")
            yield _build_finding("domain_unverified", subject, domain["id"], text)
        elif status != "compliant":
            yield _build_finding("domain_not_compliant", subject, domain["id"], f"its compliance status is {status}")


def _check_webhooks(webhooks: list[JsonObject]) -> Iterator[JsonObject]:
    for webhook in webhooks:
        if webhook.get("active") is False:
            subject = f"webhook {webhook.get('url')}"
            yield _build_finding("webhook_paused", subject, webhook["id"], "is paused: it delivers no events")


def _check_suppressions(suppressions: list[JsonObject]) -> Iterator[JsonObject]:
    emails_by_type: dict[Any, list[str]] = {}
    for suppression in suppressions:
        emails_by_type.setdefault(suppression.get("type"), []).append(str(suppression.get("email")))
    for suppression_type, emails in sorted(emails_by_type.items(), key=str):
        subject = f"{suppression_type}: {len(emails)}"
        yield _build_finding("suppressions", subject, None, ", ".join(sorted(set(emails))))


def _check_usage(usage: JsonObject) -> Iterator[JsonObject]:
    """Yield a finding for each limit of each plan, with the percentage that is used."""
    for plan, content in usage.items():
        for name, count in ((content or {}).get("usage") or {}).items():
            current, limit = count.get("current"), count.get("limit")
            if limit and current is not None:
                subject = f"{plan} {name.removesuffix('_count').replace('_', ' ')}"
                percent = current * 100 // limit
                finding = _build_finding("usage", subject, None, f"{current} of {limit} used ({percent}%)")
                yield {**finding, "percent": percent}


AREA_CHECKS: dict[str, Callable[[Any], Iterator[JsonObject]]] = {
    "api_tokens": _check_tokens,
    "account_accesses": _check_accesses,
    "domains": _check_domains,
    "webhooks": _check_webhooks,
    "suppressions": _check_suppressions,
    "billing_usage": _check_usage,
}
CHECKS = (
    "token_without_expiry",
    "token_admin_of_account",
    "person_without_2fa",
    "domain_unverified",
    "domain_not_compliant",
    "webhook_paused",
    "suppressions",
    "usage",
    "not_read",
)


class FilterModule:
    """Provide the filter to Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"audit_findings": audit_findings}
