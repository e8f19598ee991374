# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Domains that live mail is sent from; legacy paths call them sending domains (docs/service.md#domains)."""

from ..http.call import Call
from ..http.responses import Response, no_content, unprocessable
from ..http.routing import Routes
from ..mail.mime import compose_mail, is_address
from ..model.api_tokens import insert_token
from ..model.domain_verification import dns_records, settle_domains
from ..model.domains import (
    DEMO_DOMAIN,
    TRACKING_FLAGS,
    compose_setup_mail,
    insert_domain,
    is_domain_name,
    remove_domain,
)
from ..model.outbox import record_sent_mail
from ..model.permissions import ADMIN, VIEWER, Grant, describe_permissions
from ..model.validation import BLANK, INVALID, cast_boolean, cast_text, is_given
from ..state.json_codec import JsonObject
from ..state.store import Row

routes = Routes()


def show_domain(domain: Row, level: int) -> JsonObject:
    """Convert a domain to its wire form, with keys in wire order.

    ``level`` is the level of the token on the domain.
    """
    return {
        "domain_name": domain["domain_name"],
        "open_tracking_enabled": domain["open_tracking_enabled"],
        "click_tracking_enabled": domain["click_tracking_enabled"],
        "tracking_opt_out_enabled": domain["tracking_opt_out_enabled"],
        "auto_unsubscribe_link_enabled": domain["auto_unsubscribe_link_enabled"],
        # Click tracking uses the tracking host of the domain itself (docs/service.md#domains).
        "custom_domain_tracking_enabled": domain["click_tracking_enabled"],
        "health_alerts_enabled": domain["health_alerts_enabled"],
        "critical_alerts_enabled": domain["critical_alerts_enabled"],
        "alert_recipient_email": domain["alert_recipient_email"],
        "inbound_enabled": domain["inbound_enabled"],
        "inbound_verified": domain["inbound_verified"],
        "demo": domain["demo"],
        "id": domain["id"],
        "dns_records": dns_records(domain),
        "dns_verified": domain["dns_verified"],
        "dns_verified_at": domain["dns_verified_at"],
        "permissions": {name: value for name, value in describe_permissions(level).items() if name != "can_leave"},
        "compliance_status": domain["compliance_status"],
    }


def show_domain_to_caller(call: Call, domain: Row) -> JsonObject:
    """Convert a domain to its wire form for the calling token."""
    return show_domain(domain, call.access.domain(domain))


def find_domain(call: Call, level: int) -> Row:
    """Return the domain in the path, after updating its verification status.

    :raises HttpError: 404, or 403 if the token does not have ``level`` on the domain.
    """
    domain = call.find_row("domains", "domain_id")
    call.require_level(call.access.domain(domain), level)
    settle_domains(call.world, [domain])
    return domain


@routes.get("domains")
def list_domains(call: Call) -> JsonObject:
    """List the domains that the token may see, oldest first, without pages."""
    rows = call.world.store["domains"].select("account", call.account_id)
    visible = [row for row in rows if call.access.domain(row) >= VIEWER]
    settle_domains(call.world, visible)
    return {"data": [show_domain_to_caller(call, row) for row in visible]}


@routes.post("domains")
def create_domain(call: Call) -> JsonObject:
    """Create a domain and an API token for it (docs/service.md#domains).

    All fields except the name are ignored. The name is stripped and stored in lower case. The token is an admin of the
    domain, never expires and is named ``<domain> token <id>``.
    """
    call.require_level(call.access.account, ADMIN)
    name = (cast_text(call.wrapped_fields("domain"), "domain_name") or "").strip().lower()
    if errors := find_name_errors(call, name):
        raise unprocessable({"base": [f"Validation failed: {', '.join(errors)}"]})
    domain = insert_domain(call.world, call.account_id, name)
    grant = Grant(resource_type="domain", resource_id=domain["id"], access_level=ADMIN)
    token = insert_token(call.world, call.account_id, name, [grant], created_by=call.token["name"])
    call.world.store["api_tokens"].update(token, name=f"{name} token {token['id']}")
    return show_domain_to_caller(call, domain)


@routes.get("domains/{domain_id}")
def get_domain(call: Call) -> JsonObject:
    return show_domain_to_caller(call, find_domain(call, VIEWER))


@routes.patch("domains/{domain_id}")
def update_domain(call: Call) -> JsonObject:
    """Update the flags of a domain. Its name is create-only.

    Null and "" are refused. What the service does with them is unknown.
    """
    domain = find_domain(call, ADMIN)
    fields = call.wrapped_fields("domain")
    flags = {name: fields[name] for name in TRACKING_FLAGS if is_given(fields, name)}
    errors = {name: ["is not included in the list"] for name, value in flags.items() if value in (None, "")}
    if errors:
        raise unprocessable(errors)
    call.world.store["domains"].update(domain, **{name: cast_boolean(value) for name, value in flags.items()})
    return show_domain_to_caller(call, domain)


@routes.delete("domains/{domain_id}")
def delete_domain(call: Call) -> Response:
    remove_domain(call.world, find_domain(call, ADMIN))
    return no_content()


@routes.post("domains/{domain_id}/send_setup_instructions")
def send_setup_instructions(call: Call) -> Response:
    """Mail the DNS records to an address. The outbox has the mail under the stream ``setup_instructions``."""
    domain = find_domain(call, ADMIN)
    email = cast_text(call.body, "email") or ""
    if not is_address(email):
        raise unprocessable({"email": [INVALID if email.strip() else BLANK]})
    world = call.world
    raw = compose_mail(
        compose_setup_mail(domain, email), f"{world.uuid1()}@mailtrap.io", world.clock.now(), world.random_hex(32)
    )
    record_sent_mail(world, call.account_id, "setup_instructions", raw, [email])
    return no_content()


def find_name_errors(call: Call, name: str) -> list[str]:
    """Return the errors of the name of a new domain.

    The texts for a blank name are recorded (docs/service.md#validation-messages), the others are modelled on them.
    That a name must be unique is assumed.
    """
    if not is_domain_name(name):
        error = "is not a valid domain name" if name else BLANK
        return [f"Domain name {error}", "Tracking domain name is not a valid domain name"]
    if call.world.store["domains"].ids("name", (call.account_id, name)):
        return ["Domain name has already been taken"]
    return ["Domain name is reserved"] if name == DEMO_DOMAIN else []
