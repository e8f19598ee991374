"""Apply a step: the only place that creates, updates, replaces and deletes objects."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, List, Optional

from .._api.errors import MailtrapError, attempting, warn_of_possible_effect
from .directory import NOT_FOUND, Directory, explain_access, fetch_object, parse_object, unwrap
from .plan import find_differing_fields, get_deferred, get_identity, match, plan
from .prepare import (
    Planner,
    Step,
    complete_step,
    find_location,
    find_step,
    get_label,
    plan_step,
    prepare,
    read_subresources,
)
from .resource import NOTHING, OBJECT, Id, Resource, Write

if TYPE_CHECKING:
    from .._api.client import Client
    from .._api.json_types import Json, JsonObject, Options


@dataclass
class Outcome:
    """The result of a step.

    :ivar before: the object before, or None.
    :ivar after: the object afterwards, or None; predicted in check mode.
    """

    changed: bool
    before: Optional[JsonObject]
    after: Optional[JsonObject]
    warnings: List[str] = field(default_factory=list)


def ensure(directory: Directory, resource: Resource, options: Options, planner: Planner = plan_step) -> Outcome:
    """Create, update or delete one object as its options ask, with as few requests as possible.

    :param options: the identity, the fields and the state of the object; a field that is None stays as it is.
    :raises MailtrapError: its data contains the object if it was created or changed before the failure.
    """
    step = prepare_step(directory, resource, options, planner)
    return preview(step) if directory.check_mode else apply(directory.client, step)


def prepare_step(directory: Directory, resource: Resource, options: Options, planner: Planner = plan_step) -> Step:
    """Find one object and plan its writes.

    :raises MailtrapError: if the state cannot be reached; nothing was written.
    """
    if _can_delete_unread(directory, resource, options, planner):
        step = Step(resource, options, get_label(resource, options))
        with attempting(f"delete {step.label}"):
            if resource.is_nested:
                step.location = find_location(directory, resource, options)
            step.current = None if step.location.missing_parent else {"id": options["id"]}
    else:
        step = find_step(directory, resource, options)
    with attempting(f"{step.verb} {step.label}"):
        complete_step(step, directory)
        prepare(step, directory.client.token_suffix, planner)
    step.warnings[:0] = directory.take_warnings()
    return step


def preview(step: Step) -> Outcome:
    """Return the outcome that the writes of a step are expected to have, without making them."""
    return Outcome(bool(step.plan.writes), step.current, step.plan.after, step.warnings)


def apply(client: Client, step: Step) -> Outcome:
    """Make the writes of a step.

    :raises MailtrapError: its data contains the object if it was created or changed before the failure.
    """
    if not step.plan.writes:
        return preview(step)
    writer = _StepWriter(client, step)
    if step.is_absent:
        return writer.delete()
    after = writer.write()
    warnings = [
        f"The service accepted {item.name} for {step.label}, but returns {item.describe(item.get(after))!r}."
        for item in find_differing_fields(step.resource, after, step.wanted)
    ]
    return Outcome(True, step.current, after, [*step.warnings, *warnings])


def delete_object(client: Client, path: str, check_mode: bool = False, is_known: bool = False) -> Json:
    """Delete the object at a path and return the answer, or NOT_FOUND if there is no such object.

    In check mode, only read the object and return it.

    :param is_known: whether the object is known to exist. Check mode does not read it then, and returns None.
    :raises MailtrapError: as :meth:`Client.request` does.
    """
    if check_mode:
        return None if is_known else client.get_if_found(path, default=NOT_FOUND)
    try:
        return unwrap(client.request("DELETE", path))
    except MailtrapError as error:
        if error.status == 404:
            return NOT_FOUND
        warn_of_possible_effect(error)
        raise


class _StepWriter:
    """Makes the writes of one step, and records which of them succeeded.

    :ivar current: the object after the writes that succeeded, or None.
    """

    def __init__(self, client: Client, step: Step) -> None:
        self.client = client
        self.step = step
        self.resource = step.resource
        self.current = step.current
        self._deleted = self._created = self._updated = False

    def delete(self) -> Outcome:
        """Make the deletions in the plan, in order; the object of the step is the last one.

        :returns: an outcome that is unchanged if none of the objects existed any more.
        """
        answer = None
        for write in self.step.plan.writes:
            with attempting(f"delete {self.step.label}"):
                try:
                    answer = self._delete(write)
                except MailtrapError as error:
                    error.data = {"changed": True} if self._deleted else {}
                    raise
        before = {**(self.step.current or {}), **(answer or {})} if self._deleted else None
        return Outcome(self._deleted, before, None, self.step.warnings)

    def write(self) -> JsonObject:
        """Create, update or replace the object, and return the result."""
        try:
            for write in self.step.plan.writes:
                if write.creates:
                    self._create(write)
                elif write.method == "DELETE":
                    with attempting(f"delete the {self.resource.noun} that {self.step.label} replaces"):
                        self._delete(write)
                else:
                    self._update(write, self.step.plan.after or {})
            if self._created:
                self._set_deferred_fields()
        except MailtrapError as error:
            self._report_progress(error)
            raise
        return self.current or {}

    def _create(self, write: Write) -> None:
        with attempting(f"create {self.step.label}"):
            try:
                answer = self.client.request(write.method, write.path, write.body)
                self.current = parse_object(self.resource, answer, write.method, write.path)
            except MailtrapError as error:
                explain_access(self.resource, error)
                if not error.uncertain:
                    raise
                self.current = self._find_created(error)
        self._created = True

    def _find_created(self, error: MailtrapError) -> JsonObject:
        """Look for the object that an unanswered create request may have created, and return it.

        Repeating the request instead could create a second object.

        :raises MailtrapError: if the object was not created, or its one-time secret was in the lost answer.
        """
        try:
            found = self._look_for_created()
        except MailtrapError as second:
            error.messages.append(f"whether it was created is unknown, because looking for it failed: {second}")
            raise error from None
        if found is None:
            error.messages.append("it was not created: run the task again")
            raise error
        secret = self.resource.one_time_secret
        if secret:
            error.messages.append(
                f"the {self.resource.noun} was created with id {found['id']}, but its {secret} was in the lost answer "
                "and cannot be read again"
            )
            error.data = {"changed": True, self.resource.name: found}
            raise error
        return found

    def _look_for_created(self) -> Optional[JsonObject]:
        identity = get_identity(self.resource, self.step.plan.after or {})
        if self.resource.api.addressed_by_key:
            return fetch_object(self.client, self.resource, identity[self.resource.natural_key])
        existing_ids: List[Id] = [self.current["id"]] if self.current else []
        location = self.step.location
        siblings = Directory(self.client).siblings(self.resource, location.parent_id, location.query)
        return match(self.resource, [obj for obj in siblings if obj["id"] not in existing_ids], identity)

    def _update(self, write: Write, predicted: JsonObject) -> None:
        current = self.current or {}
        with attempting(f"{write.verb} {self.step.label}"):
            try:
                answer = self.client.request(write.method, write.path, write.body)
                if write.answers == OBJECT:
                    # The answer to a write never contains these fields, so their current values are kept.
                    separate = [self.resource.one_time_secret]
                    separate.extend(item.name for item in self.resource.fields if item.subresource)
                    kept = {name: current[name] for name in separate if name in current}
                    current = {**kept, **parse_object(self.resource, answer, write.method, write.path)}
                elif write.answers == NOTHING:
                    current = {**predicted, "id": current["id"]}
                else:
                    current = self.resource.get_field(write.answers).put(current, unwrap(answer))
            except MailtrapError as error:
                warn_of_possible_effect(error)
                raise
        self.current = current
        self._updated = True

    def _set_deferred_fields(self) -> None:
        """Set the fields that the create request does not accept; the service may have set some of them already."""
        location, deferred = self.step.location, get_deferred(self.resource, self.step.wanted)
        current = self.current or {}
        with attempting(f"update {self.step.label}"):
            current = read_subresources(self.client, self.resource, current, deferred, location.parent_id)
            self.current = current
            update = plan(self.resource, current, deferred, parent_id=location.parent_id)
        for write in update.writes:
            self._update(write, update.after or {})

    def _delete(self, write: Write) -> Optional[JsonObject]:
        """Delete an object, and return the object that the answer contains, or None."""
        answer = delete_object(self.client, write.path)
        if answer is NOT_FOUND:
            return None
        self._deleted = True
        return answer if isinstance(answer, dict) else None

    def _report_progress(self, error: MailtrapError) -> None:
        """Add to an error which writes succeeded before it, and the object with its one-time secret."""
        if not (self._deleted or self._created or self._updated):
            return
        noun = self.resource.noun
        error.data = {"changed": True, **error.data}
        if self._created or not self._deleted:
            error.data[self.resource.name] = self.current
        if self._deleted:
            error.messages.append(f"the existing {noun} had already been deleted")
        if self._created:
            error.messages.append(f"the {noun} had already been created, with id {(self.current or {}).get('id')}")
        elif self._updated:
            error.messages.append(f"some fields of the {noun} had already been updated")


def _can_delete_unread(directory: Directory, resource: Resource, options: Options, planner: Planner) -> bool:
    """Return whether the object can be deleted unread: its id is known, and no hook or planner inspects it."""
    is_known = options["state"] == "absent" and options.get("id") is not None
    return is_known and not directory.check_mode and planner is plan_step and not resource.must_read_before_delete
