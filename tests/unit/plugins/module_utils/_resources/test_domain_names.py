# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.community.mailtrap.plugins.module_utils._resources import domain_names


def test_names_that_are_not_ascii():
    assert domain_names.to_ascii_name("Bücher.example") == "xn--bcher-kva.example"
    assert domain_names.validate_domain_name("Bücher.example") is None
    assert domain_names.validate_domain_name("bü cher.example").endswith("is not a domain name, such as shop.example")


def test_validation_without_idna(monkeypatch):
    monkeypatch.setattr(domain_names, "idna", None)
    assert domain_names.validate_domain_name("shop.example") is None
    assert domain_names.validate_domain_name("Bücher.example").endswith("install the Python library idna to use it")
