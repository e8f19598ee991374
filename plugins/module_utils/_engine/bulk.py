"""Apply the same state to several objects of one resource type in one task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Dict, List

from .._api.errors import MailtrapError, attempting
from .apply import Outcome, apply, prepare_step, preview
from .plan import check_wanted, get_wanted
from .progress import Progress

if TYPE_CHECKING:
    from .._api.json_types import JsonObject, Options
    from .directory import Directory
    from .resource import Resource


def ensure_each(directory: Directory, resource: Resource, options: Options) -> Dict[str, Outcome]:
    """Apply the same state to several objects. All of them are found before the first one is changed.

    :param options: the options of one object, with the natural keys in the bulk option.
    :returns: the outcomes by natural key, in the order of the keys. Keys that differ only in form, such as case,
        count once, as first written.
    :raises MailtrapError: its data contains, under the name of the bulk option, the results of the finished objects.
    """
    bulk_option = str(resource.bulk_option)
    normalize = resource.key_field.codec.normalize
    keys: Dict[str, str] = {}
    for key in options[bulk_option]:
        keys.setdefault(normalize(key), key)
    options_by_key = {key: {**options, resource.natural_key: key} for key in keys.values()}
    with attempting(f"manage the {resource.plural_noun}"):
        if options["state"] != "absent":
            _check_each(resource, list(options_by_key.values()))
        if len(options_by_key) > 1:
            directory.preload(resource, resource.natural_key, options_by_key)
    steps = {key: prepare_step(directory, resource, item_options) for key, item_options in options_by_key.items()}
    outcomes = {key: preview(step) for key, step in steps.items()}
    if directory.check_mode:
        return outcomes
    changing = [key for key, step in steps.items() if step.plan.writes]
    progress = Progress(resource.plural_noun, len(changing))
    for number, key in enumerate(changing):
        try:
            outcomes[key] = apply(directory.client, steps[key])
        except MailtrapError as error:
            error.messages.append(
                f"{number or 'none'} of {len(changing)} {resource.plural_noun} had been changed by then"
            )
            finished = {key: outcome for key, outcome in outcomes.items() if key not in changing[number:]}
            error.data = {"changed": number > 0, **error.data, bulk_option: to_item_results(resource, finished)}
            raise
        progress.report(number + 1)
    return outcomes


def to_item_results(resource: Resource, outcomes: Dict[str, Outcome]) -> List[JsonObject]:
    """Return the result of each object: its natural key, whether it changed, and the object or None."""
    return [
        {resource.natural_key: key, "changed": outcome.changed, resource.name: outcome.after}
        for key, outcome in outcomes.items()
    ]


def _check_each(resource: Resource, options_of_objects: List[Options]) -> None:
    """Check the values of all objects before any request.

    :raises MailtrapError: if a value is invalid; it contains the errors of all objects.
    """
    errors: List[str] = []
    for options in options_of_objects:
        try:
            check_wanted(resource, get_wanted(resource, options), options)
        except MailtrapError as error:
            errors.extend(error.messages)
    if errors:
        raise MailtrapError(*dict.fromkeys(errors))
