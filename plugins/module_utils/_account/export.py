"""Export an account as a document."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, List, Optional, Sequence

from .._api.errors import MailtrapError
from .._engine.plan import get_identity, match
from .document import get_parent_type, to_entry
from .runner import get_selected_types
from .snapshot import Snapshot

if TYPE_CHECKING:
    from .._api.client import Client
    from .._api.json_types import JsonObject, Options, Result
    from .._engine.resource import Id, Resource


def export_account(client: Client, options: Options, check_mode: bool) -> Result:
    """Return the account as a document.

    :param options: the options of community.mailtrap.account_config_info.
    """
    resources = get_selected_types(options)
    with ThreadPoolExecutor(max_workers=options["parallel"]) as pool:
        snapshot = Snapshot(client, pool)
        snapshot.read(resources)
        snapshot.read_details(resources)
    return {"changed": False, "account_config": _to_document(snapshot, resources, options["reveal_secrets"])}


def _to_document(
    snapshot: Snapshot,
    resources: Sequence[Resource],
    reveal_secrets: bool,
    parent: Optional[Resource] = None,
    parent_id: Optional[Id] = None,
) -> JsonObject:
    """Return the entries in one parent, or at the top level, without read-only and soon expiring objects."""
    document: JsonObject = {}
    for resource in resources:
        if get_parent_type(resource) is not parent:
            continue
        entries: List[JsonObject] = []
        for obj in snapshot.list_manageable(resource, parent_id):
            entry = to_entry(resource, obj, snapshot.find_name, reveal_secrets)
            if not _is_found_without_id(snapshot, resource, parent_id, obj):
                entry = {"id": obj["id"], **entry}
            entries.append({**entry, **_to_document(snapshot, resources, reveal_secrets, resource, obj["id"])})
        if entries:
            document[resource.plural] = entries
    return document


def _is_found_without_id(snapshot: Snapshot, resource: Resource, parent_id: Optional[Id], obj: JsonObject) -> bool:
    """Return whether an object can be distinguished from its siblings without its id."""
    identity = get_identity(resource, obj)
    try:
        match(resource, snapshot.candidates(resource, parent_id, identity), identity)
    except MailtrapError:
        return False
    return True
