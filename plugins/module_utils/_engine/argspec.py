# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options by which a user describes an object, out of the description of its kind. Pure."""

from __future__ import annotations


def options_of(resource):
    """Return the options that describe an object, its place not among them: dict, an argument spec of Ansible."""
    spec = {}
    for field in resource.fields:
        if field.shown:
            name = field.option or field.name
            spec[name] = field.spec or _usual_spec(name, field.reference)
        if field.source:
            spec[field.source] = {"type": "path"}
        if field.reference:
            option = field.reference.option
            spec.setdefault(option, {**_one_or_many("str", field.reference.many), **_former(option, field.reference)})
    return spec


def some_of(resource, *names):
    """Return those of the options that describe an object: dict, an argument spec of Ansible."""
    spec = options_of(resource)
    return {name: spec[name] for name in names}


def _usual_spec(name, reference):
    if not reference:
        return {"type": "str"}
    return {**_one_or_many(reference.resource.id_type, reference.many), **_former(name, reference)}


def _former(option, reference):
    """Return the aliases of an option that is called after the kind of object that it refers to: dict."""
    now, then = reference.resource.name, reference.resource.former
    return {"aliases": [option.replace(now, then, 1)]} if then and option in (now, f"{now}_id") else {}


def _one_or_many(kind, many):
    return {"type": "list", "elements": kind} if many else {"type": kind}


def place_of(resource):
    """Return the options that say where an object lives: dict, an argument spec of Ansible."""
    spec, parent = {}, resource.parent
    while parent:
        if parent.resource:
            spec[parent.resource.name] = {"type": "str"}
        by_id_alone = {"type": "int", "required": True}
        spec[parent.field] = {"type": parent.resource.id_type} if parent.resource else by_id_alone
        # The name of a parent that is nested itself is looked for below its own parent.
        parent = parent.resource.parent if parent.resource and parent.resource.nested else None
    return spec


def rules_of(resource):
    """Return what goes together: dict of the arguments mutually_exclusive and required_one_of of Ansible."""
    exclusive, needed = [], []
    parent = resource.parent
    if parent:
        places = [parent.resource.name, parent.field] if parent.resource else [parent.field]
        exclusive.append(tuple(places))
        if resource.nested:
            needed.extend([tuple(places)] if parent.resource else ())
        else:
            exclusive.extend(("id", place) for place in places)
    for field in resource.fields:
        if field.reference and field.reference.option != field.option and not field.reference.many:
            exclusive.append((field.reference.option, field.name))
        if field.source:
            exclusive.append((field.source, field.name))
    return {"mutually_exclusive": exclusive, "required_one_of": needed}


def within(rules, spec):
    """Return rules without what they say of options that are not in a spec: dict."""
    least = {"mutually_exclusive": 2, "required_one_of": 1}
    kept = {}
    for name, own in rules.items():
        known = [tuple(option for option in dict.fromkeys(rule) if option in spec) for rule in own]
        kept[name] = [rule for rule in known if len(rule) >= least[name]]
    return kept
