# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is questionable about an account; documented in audit_findings.yml."""

from __future__ import annotations

from collections.abc import Mapping

from ansible.errors import AnsibleFilterError
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.community.mailtrap.plugins.module_utils._resources.token_lifecycle import has_successor

ADMIN = 100
WHOLE = ("account", "organization")
RIGHT = "pass"


def audit_findings(read, usage_percent=80, skip=()):
    """Return what is questionable about an account: list of dict with check, subject, id and text.

    :param read: dict, what the info modules returned, by the names of their results; None is what could not be read.
    :param usage_percent: int, how much of a limit may be used. :param skip: list of str, checks that are left out.
    :raises AnsibleFilterError: when something is none of this.
    """
    if not isinstance(read, Mapping) or not set(read) <= set(AREAS):
        raise AnsibleFilterError(f"audit_findings takes a dictionary with {', '.join(AREAS)}")
    least = _percent(usage_percent)
    unknown = sorted(set(skip) - set(CHECKS))
    if unknown:
        raise AnsibleFilterError(f"audit_findings knows no check {', '.join(unknown)}; it knows {', '.join(CHECKS)}")
    found = []
    for area, content in read.items():
        if content is None:
            found.append(_finding("not_read", area, None, "the token in use may not read it"))
        else:
            found += AREAS[area](content)
    # What looks like a template in a name is not one of Ansible's.
    return wrap_var([one for one in found if one["check"] not in skip and one.pop("percent", 100) >= least])


def _percent(value):
    try:
        return int(value)
    except (TypeError, ValueError):
        raise AnsibleFilterError(f"audit_findings: usage_percent {value!r} is no number") from None


def _finding(check, subject, number, text):
    return {"check": check, "subject": subject, "id": number, "text": text}


def _of_tokens(tokens):
    for token in tokens:
        # A token that was rotated ends by itself.
        if has_successor(token, tokens):
            continue
        subject = f"API token {token.get('name')}"
        if not token.get("expires_at"):
            yield _finding("token_without_expiry", subject, token["id"], "never expires")
        if any(_is_admin_of_all(permission) for permission in token.get("resources") or ()):
            yield _finding("token_admin_of_account", subject, token["id"], "may do everything in the whole account")


def _is_admin_of_all(permission):
    return permission.get("resource_type") in WHOLE and permission.get("access_level", 0) >= ADMIN


def _of_accesses(accesses):
    for access in accesses:
        person = access.get("specifier") or {}
        if access.get("specifier_type") == "User" and person.get("two_factor_authentication_enabled") is False:
            yield _finding("person_without_2fa", person.get("email"), access["id"], "has no two-factor authentication")


def _of_domains(domains):
    for domain in domains:
        name, status = domain.get("domain_name"), domain.get("compliance_status")
        if domain.get("demo"):
            continue
        if not domain.get("dns_verified"):
            records = domain.get("dns_records") or ()
            wrong = [f"{one.get('key')} {one.get('status')}" for one in records if one.get("status") != RIGHT]
            text = f"its DNS is not verified: {', '.join(wrong)}" if wrong else "its DNS is not verified"
            yield _finding("domain_unverified", f"domain {name}", domain["id"], text)
        elif status != "compliant":
            yield _finding("domain_not_compliant", f"domain {name}", domain["id"], f"its compliance status is {status}")


def _of_webhooks(webhooks):
    for webhook in webhooks:
        if webhook.get("active") is False:
            subject = f"webhook {webhook.get('url')}"
            yield _finding("webhook_paused", subject, webhook["id"], "is switched off: it tells nobody anything")


def _of_suppressions(suppressions):
    kinds = {}
    for one in suppressions:
        kinds.setdefault(one.get("type"), []).append(str(one.get("email")))
    for kind, emails in sorted(kinds.items(), key=str):
        yield _finding("suppressions", f"{kind}: {len(emails)}", None, ", ".join(sorted(set(emails))))


def _of_usage(usage):
    for plan, content in usage.items():
        for name, count in ((content or {}).get("usage") or {}).items():
            current, limit = count.get("current"), count.get("limit")
            if limit and current is not None:
                subject = f"{plan} {name.removesuffix('_count').replace('_', ' ')}"
                used = current * 100 // limit
                yield {**_finding("usage", subject, None, f"{current} of {limit} are used ({used} %)"), "percent": used}


AREAS = {
    "api_tokens": _of_tokens,
    "account_accesses": _of_accesses,
    "domains": _of_domains,
    "webhooks": _of_webhooks,
    "suppressions": _of_suppressions,
    "billing_usage": _of_usage,
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
    def filters(self):
        return {"audit_findings": audit_findings}
