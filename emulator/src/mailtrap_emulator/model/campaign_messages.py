# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The mail of a campaign: to whom, with which words, and what becomes of it (facts 3.22)."""

from typing import Any

from ..mail.handlebars import render
from ..mail.mime import Mail, compose
from ..state.store import Row, TableSpec
from ..state.world import World
from .contacts import contact_values, list_contact_fields
from .live_mail import deliver_logged
from .outbox import record_sent_mail
from .suppressions import find_suppression

# Shaped like the email logs where events look at it. It is no log: the service tells of campaigns by their own
# statistics and webhooks.
CAMPAIGN_MESSAGES = TableSpec(
    "campaign_messages",
    unique=("message_id",),
    groups={"campaign": lambda row: row["email_campaign_id"], "recipient": lambda row: row["to"].lower()},
)

TABLES = [CAMPAIGN_MESSAGES]

STREAM = "bulk"


def find_audience(world: World, campaign: Row) -> list[str]:
    """The ids of the subscribed contacts in the campaign's lists, in the order in which they were made.

    Segments exist outside the API only; nobody is in one here.
    """
    lists = set(campaign["contact_list_ids"])
    contacts = world.store["contacts"].select("account", campaign["account_id"])
    found = [row for row in contacts if lists & set(row["list_ids"]) and not row["unsubscribed"]]
    return [row["id"] for row in sorted(found, key=lambda row: (row["created_at"], row["email"]))]


def send_campaign_message(world: World, campaign: Row, domain: Row, contact: Row) -> None:
    """Send a campaign to one contact. Raises TemplateError."""
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
    found = find_suppression(world, campaign["account_id"], contact["email"], domain["id"], STREAM)
    if not found:
        record_sent_mail(
            world,
            campaign["account_id"],
            "campaign",
            raw,
            [contact["email"]],
            message_ids=[message_id],
            email_campaign_id=campaign["id"],
        )
    deliver_logged(world, row, found["type"] if found else None)


def compose_campaign_message(world: World, campaign: Row, domain: Row, contact: Row, message_id: str) -> bytes:
    """The mail as RFC 822, with the contact's values for the merge tags and the way to unsubscribe (facts 4.4)."""
    fields = list_contact_fields(world, campaign["account_id"])
    values = contact_values(contact, fields) | {"email": contact["email"]}
    url = f"https://mailtrap.io/unsubscribe/{message_id}"

    def fill(text: str | None, *, escape: bool) -> str:
        return render((text or "").replace("__unsubscribe_url__", url), values, escape=escape)

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
        {"List-Unsubscribe": f"<{url}>"},
    )
    return compose(mail, f"{message_id}@{domain['domain_name']}", world.clock.now(), world.random_hex(32))


def reply_address(reply_to: dict[str, str | None], domain: Row) -> dict[str, str] | None:
    """The Reply-To of its parts; without a domain of its own it is at the sender's."""
    if not reply_to.get("local_part"):
        return None
    email = f"{reply_to['local_part']}@{reply_to.get('domain') or domain['domain_name']}"
    return {"email": email, "name": reply_to.get("display_name") or ""}


def record_campaign_event(world: World, event: dict[str, Any]) -> None:
    """Keep the day on which something first happened to a mail of a campaign."""
    if event.get("email_campaign_id") is None:
        return
    table = world.store[CAMPAIGN_MESSAGES.name]
    row = table.find("message_id", event["message_id"])
    if row is not None and event["kind"] not in row["events"]:
        table.update(row, events=row["events"] | {event["kind"]: world.clock.stamp()[:10]})


def campaign_figures(rows: list[Row], start: str, end: str) -> dict[str, int | float]:
    """The statistics of mails by the days (YYYY-MM-DD) from ``start`` to ``end``, in wire order.

    What is a part of what follows from the examples that SDKs test with: opens, clicks and unsubscriptions are
    parts of what was delivered, all else of what was sent; rates have four digits and are 0 without mail.
    """

    def happened(kind: str) -> int:
        return sum(start <= row["events"][kind] <= end for row in rows if kind in row["events"])

    refused = {"reject", "suspension"}
    sent = sum(start <= row["sent_on"] <= end for row in rows if not refused & row["events"].keys())
    delivered = happened("delivery")
    counts = {
        "delivery": delivered,
        "open": happened("open"),
        "click": happened("click"),
        "bounce": happened("bounce"),
        "unsubscription": happened("unsubscribe"),
        "sent": sent,
        "spam": happened("spam_complaint"),
    }

    def rate(name: str, whole: int) -> int | float:
        return round(counts[name] / whole, 4) if whole else 0

    return {f"{name}_count": number for name, number in counts.items()} | {
        "delivery_rate": rate("delivery", sent),
        "open_rate": rate("open", delivered),
        "click_rate": rate("click", delivered),
        "bounce_rate": rate("bounce", sent),
        "spam_rate": rate("spam", sent),
        "unsubscription_rate": rate("unsubscription", delivered),
    }


LISTENERS = [record_campaign_event]
