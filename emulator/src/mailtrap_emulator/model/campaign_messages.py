# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The messages of a campaign: audience, composition, sending and statistics (docs/service.md#email-campaigns)."""

from collections.abc import Mapping

from ..mail.handlebars import render_template
from ..mail.mime import Mail, compose_mail
from ..state.json_codec import JsonObject
from ..state.store import Row, TableSpec
from ..state.world import World
from .contacts import contact_values, list_contact_fields
from .live_mail import deliver_logged
from .outbox import record_sent_mail
from .suppressions import find_suppression

# The rows have the fields of email logs that events need. The service does not log campaign messages: it reports on
# campaigns in their own statistics and webhooks.
CAMPAIGN_MESSAGES = TableSpec(
    "campaign_messages",
    unique=("message_id",),
    groups={"campaign": lambda row: row["email_campaign_id"], "recipient": lambda row: row["to"].lower()},
)

TABLES = [CAMPAIGN_MESSAGES]

STREAM = "bulk"


def find_audience(world: World, campaign: Row) -> list[str]:
    """Return the ids of the subscribed contacts in the lists of a campaign, oldest contact first.

    The API cannot create segments, so they have no contacts here.
    """
    list_ids = set(campaign["contact_list_ids"])
    contacts = world.store["contacts"].select("account", campaign["account_id"])
    audience = [row for row in contacts if list_ids & set(row["list_ids"]) and not row["unsubscribed"]]
    return [row["id"] for row in sorted(audience, key=lambda row: (row["created_at"], row["email"]))]


def send_campaign_message(world: World, campaign: Row, domain: Row, contact: Row) -> None:
    """Send a campaign to one contact.

    :raises TemplateError: if a template of the campaign is invalid.
    """
    message_id = world.uuid1()
    raw = compose_campaign_message(world, campaign, domain, contact, message_id)
    row = world.store[CAMPAIGN_MESSAGES.name].add(
        {
            "email_campaign_id": campaign["id"],
            "message_id": message_id,
            "account_id": campaign["account_id"],
            "sending_stream": STREAM,
            "to": contact["email"],
            "domain_id": domain["id"],
            "domain_name": domain["domain_name"],
            "category": None,
            "custom_variables": None,
            "sent_on": world.clock.stamp()[:10],
            "events": {},
        }
    )
    suppression = find_suppression(world, campaign["account_id"], contact["email"], domain["id"], STREAM)
    if not suppression:
        record_sent_mail(
            world,
            campaign["account_id"],
            "campaign",
            raw,
            [contact["email"]],
            message_ids=[message_id],
            email_campaign_id=campaign["id"],
        )
    deliver_logged(world, row, suppression["type"] if suppression else None)


def compose_campaign_message(world: World, campaign: Row, domain: Row, contact: Row, message_id: str) -> bytes:
    """Return the RFC 822 message for one contact, with merge tags filled in and an unsubscribe link.

    See docs/service.md#sending-semantics.
    """
    contact_fields = list_contact_fields(world, campaign["account_id"])
    values = contact_values(contact, contact_fields) | {"email": contact["email"]}
    unsubscribe_url = f"https://mailtrap.io/unsubscribe/{message_id}"

    def fill(text: str | None, *, escape: bool) -> str:
        return render_template((text or "").replace("__unsubscribe_url__", unsubscribe_url), values, escape=escape)

    template = campaign["template"]
    sender = f"{campaign['from_local_part']}@{domain['domain_name']}"
    mail = Mail(
        {"email": sender, "name": campaign["from_display_name"] or ""},
        [{"email": contact["email"], "name": ""}],
        [],
        reply_address(campaign["reply_to"], domain),
        fill(template["subject"], escape=False),
        fill(template["body_text"], escape=False),
        fill(template["body_html"], escape=True),
        {"List-Unsubscribe": f"<{unsubscribe_url}>"},
    )
    return compose_mail(mail, f"{message_id}@{domain['domain_name']}", world.clock.now(), world.random_hex(32))


def reply_address(reply_to: Mapping[str, str | None], domain: Row) -> dict[str, str] | None:
    """Return the Reply-To address of a campaign, or None. Without a domain of its own it uses the sending domain."""
    if not reply_to.get("local_part"):
        return None
    email = f"{reply_to['local_part']}@{reply_to.get('domain') or domain['domain_name']}"
    return {"email": email, "name": reply_to.get("display_name") or ""}


def record_campaign_event(world: World, event: JsonObject) -> None:
    """Record the date on which an event first happened to a campaign message."""
    if event.get("email_campaign_id") is None:
        return
    table = world.store[CAMPAIGN_MESSAGES.name]
    row = table.find("message_id", event["message_id"])
    if row is not None and event["kind"] not in row["events"]:
        table.update(row, events=row["events"] | {event["kind"]: world.clock.stamp()[:10]})


def campaign_figures(rows: list[Row], start: str, end: str) -> dict[str, int | float]:
    """Return the statistics of messages for the days ``start`` to ``end`` (YYYY-MM-DD), in the service's key order.

    Opens, clicks and unsubscriptions are rates of delivered messages, all others of sent messages. This is inferred
    from test data of SDKs. Rates have four decimal places and are 0 without mail.
    """

    def count_events(kind: str) -> int:
        return sum(start <= row["events"][kind] <= end for row in rows if kind in row["events"])

    rejections = {"reject", "suspension"}
    sent = sum(start <= row["sent_on"] <= end for row in rows if not rejections & row["events"].keys())
    delivered = count_events("delivery")
    counts = {
        "delivery": delivered,
        "open": count_events("open"),
        "click": count_events("click"),
        "bounce": count_events("bounce"),
        "unsubscription": count_events("unsubscribe"),
        "sent": sent,
        "spam": count_events("spam_complaint"),
    }

    def rate(name: str, total: int) -> int | float:
        return round(counts[name] / total, 4) if total else 0

    return {f"{name}_count": number for name, number in counts.items()} | {
        "delivery_rate": rate("delivery", sent),
        "open_rate": rate("open", delivered),
        "click_rate": rate("click", delivered),
        "bounce_rate": rate("bounce", sent),
        "spam_rate": rate("spam", sent),
        "unsubscription_rate": rate("unsubscription", delivered),
    }


LISTENERS = [record_campaign_event]
