# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A whole account as one document: which kinds it holds, what its entries mean, and how it is written. No HTTP."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Dict, List, Optional

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError

from .._api.errors import MailtrapError
from .._engine.argspec import options_of, rules_of, within
from .._engine.files import read_text
from .._engine.resource import Resource, check_wanted, wanted_of
from .._resources.catalog import (
    ACCOUNT_ACCESS,
    API_TOKEN,
    CONTACT_FIELD,
    CONTACT_LIST,
    DOMAIN,
    EMAIL_CAMPAIGN,
    EMAIL_TEMPLATE,
    INBOUND_FOLDER,
    INBOUND_FORWARD_RULE,
    INBOUND_INBOX,
    PROJECT,
    SANDBOX,
    SUPPRESSION,
    TRACKING_OPT_OUT,
    WEBHOOK,
)

# What a kind lives in or refers to comes before it.
KINDS = (
    PROJECT,
    SANDBOX,
    DOMAIN,
    EMAIL_TEMPLATE,
    CONTACT_LIST,
    CONTACT_FIELD,
    INBOUND_FOLDER,
    INBOUND_INBOX,
    INBOUND_FORWARD_RULE,
    WEBHOOK,
    SUPPRESSION,
    TRACKING_OPT_OUT,
    API_TOKEN,
    ACCOUNT_ACCESS,
    EMAIL_CAMPAIGN,
)


@dataclass(eq=False)
class Entry:
    """An object that a document describes.

    :ivar resource: Resource. :ivar where: str, its place in the document, such as projects[0].sandboxes[2].
    :ivar options: dict, as the options of the module of its kind. :ivar parent: Entry of what it lives in, or None.
    """

    resource: Resource
    where: str
    options: dict
    parent: Optional[Entry] = None

    @property
    def wanted(self):
        """The fields that the document manages: dict."""
        return wanted_of(self.resource, self.options)

    @property
    def name(self):
        """What it is called in its account: str, after what it lives in."""
        return called(self.resource, self.options.get(self.resource.key), self.parent.name if self.parent else None)


def called(resource, key, parent_name=None):
    """Return what an object is called among all of its kind: str."""
    told = str(resource.field(resource.key).told(key))
    return f"{parent_name}/{told}" if parent_name else told


def parent_kind(resource):
    """Return the kind below whose entries those of a kind stand in the document: Resource, or None at its top."""
    return resource.parent.resource if resource.parent and resource.parent.resource in KINDS else None


def children_of(resource):
    """Return the kinds whose entries stand below those of a kind: list of Resource."""
    return [kind for kind in KINDS if parent_kind(kind) is resource]


def source_paths():
    """Return the ways through a document to the options that name files: list of tuple of str."""
    paths = []
    for kind in KINDS:
        place = (kind.plural,)
        parent = parent_kind(kind)
        while parent:
            place = (parent.plural, *place)
            parent = parent_kind(parent)
        paths.extend((*place, item.source) for item in kind.fields if item.source)
    return paths


def kinds_named(names, option):
    """Return the kinds of some plurals: list of Resource, in the order of KINDS.

    :param option: str, the option that names them, for the sentence.
    :raises MailtrapError: when there is no such kind.
    """
    known = {kind.plural: kind for kind in KINDS}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise MailtrapError(f"{option} names {', '.join(unknown)}; there are {', '.join(known)}")
    return [kind for kind in KINDS if kind.plural in names]


def read_document(document, kinds):
    """Read a document.

    :param document: dict, plural of a kind -> list of entries. :param kinds: list of Resource, what is looked at.
    :returns: list of Entry, what they live in and refer to first.
    :raises MailtrapError: with all that is wrong, each with its place; nothing has been asked for then.
    """
    reading = _Reading()
    tops = {kind.plural: kind for kind in KINDS if parent_kind(kind) is None}
    for name in document:
        if name not in tops:
            reading.wrong.append(f"{name} is no kind of object that stands here; there are {', '.join(tops)}")
    for name, kind in tops.items():
        reading.read(kind, document.get(name), name, None)
    reading.find_doubles()
    if reading.wrong:
        raise MailtrapError(*reading.wrong)
    order = {kind: number for number, kind in enumerate(KINDS)}
    return sorted((entry for entry in reading.entries if entry.resource in kinds), key=lambda one: order[one.resource])


@dataclass
class _Reading:
    """What has been read, and what was wrong with it."""

    entries: List[Entry] = field(default_factory=list)
    wrong: List[str] = field(default_factory=list)
    validators: Dict[Resource, ArgumentSpecValidator] = field(default_factory=dict)

    def read(self, resource, items, where, parent):
        """Read the entries of one list, and what stands below them."""
        if items is None:
            return
        if not isinstance(items, list):
            self.wrong.append(f"{where} must be a list")
            return
        below = {kind.plural: kind for kind in children_of(resource)}
        for number, item in enumerate(items):
            place = f"{where}[{number}]"
            if not isinstance(item, dict):
                self.wrong.append(f"{place} must be a dictionary")
                continue
            own = {name: value for name, value in item.items() if name not in below}
            entry = Entry(resource, place, self._valid(resource, own, place), parent)
            self.entries.append(entry)
            for name, kind in below.items():
                self.read(kind, item.get(name), f"{place}.{name}", entry)

    def _valid(self, resource, item, place):
        """Return the options of an entry, converted as those of a module are: dict."""
        if resource not in self.validators:
            self.validators[resource] = _validator(resource)
        result = self.validators[resource].validate(item)
        options = result.validated_parameters
        wrong = [str(error) for error in result.errors if not isinstance(error, UnsupportedError)]
        # Those of suboptions are tuples.
        unknown = sorted(path if isinstance(path, str) else ".".join(path) for path in result.unsupported_parameters)
        if unknown:
            known = ", ".join(sorted(self.validators[resource].argument_spec))
            wrong.append(f"{', '.join(unknown)} is none of {known}")
        if not wrong:
            try:
                options = {**options, **_texts(resource, options)}
                check_wanted(resource, wanted_of(resource, options), options)
            except MailtrapError as error:
                wrong = error.messages
        self.wrong.extend(f"{place}: {message}" for message in wrong)
        return options

    def find_doubles(self):
        """Find entries that are the same object."""
        first = {}
        for entry in self.entries:
            wanted = entry.wanted
            names = [name for name in entry.resource.identity if name in wanted]
            identity = [repr(entry.resource.field(name).normal(wanted[name])) for name in names]
            references = [f.reference.option for f in entry.resource.fields if f.reference and not f.reference.many]
            identity += [str(entry.options.get(option)) for option in references]
            same = (entry.resource.name, entry.parent and entry.parent.where, entry.options.get("id"), tuple(identity))
            if same in first:
                self.wrong.append(f"{entry.where}: {entry.resource.noun} {entry.name!r} is {first[same]} already")
            first.setdefault(same, entry.where)


def _validator(resource):
    spec = {"id": {"type": resource.id_type}, **options_of(resource)}
    key = resource.field(resource.key)
    spec[key.option or key.name] = {**spec[key.option or key.name], "required": True}
    exclusive = within(rules_of(resource), spec)["mutually_exclusive"]
    return ArgumentSpecValidator(spec, mutually_exclusive=exclusive)


def _texts(resource, options):
    """Return the texts of the files that an entry names: dict."""
    sources = [item for item in resource.fields if item.source and options.get(item.source) is not None]
    return {item.option or item.name: read_text(options[item.source], item.source) for item in sources}


def write_entry(resource, shown, name_of, reveal_secrets=False):
    """Return the entry that describes an object: dict, without what the service alone decides.

    What refers to an object that has no name of its own in the account is left out: its id says nothing elsewhere.

    :param shown: dict, the object. :param name_of: function (Resource, id) -> str, its name, or None.
    :param reveal_secrets: bool, whether secrets that it holds, such as those in URLs, are written.
    """
    entry = {}
    for item in resource.fields:
        value = item.value(shown)
        is_nothing = value in (None, "", [], {}) and not (value == "" and item.name in resource.within)
        if not item.shown or is_nothing:
            continue
        option, reference = item.option or item.name, item.reference
        if item.named:
            entry[option] = item.named(value, name_of)
        elif reference:
            names = [name_of(reference.resource, one) for one in (value if reference.many else [value])]
            if all(names):
                entry[reference.option] = names if reference.many else names[0]
        else:
            entry[option] = item.sent(value, None) if reveal_secrets or not item.veiled else item.told(value)
    return entry
