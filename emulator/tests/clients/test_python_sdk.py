# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The official Python SDK: completeness of the tests, and errors."""

import importlib
from pathlib import Path

import mailtrap as mt
import pytest
from mailtrap.models.projects import Project
from python_sdk import MAIL, covered_owners, find_owners


def test_all_methods_are_tested():
    for file in Path(__file__).parent.glob("test_python_sdk_*.py"):
        importlib.import_module(file.stem)
    assert covered_owners == find_owners()


@pytest.mark.parametrize("token", ["wrong", "Hey, that's not an API token!"])
def test_an_invalid_token(client, inbox, token):
    with pytest.raises(mt.AuthorizationError) as error:
        client(token=token).testing_api.projects.get_list()
    assert error.value.errors == ["Incorrect API token"]
    for options in ({}, {"sandbox": True, "inbox_id": str(inbox.id)}):
        with pytest.raises(mt.AuthorizationError) as error:
            client(token=token, **options).send(mt.Mail(**MAIL))
        assert error.value.errors == ["Unauthorized"]


def test_another_account(client):
    with pytest.raises(mt.APIError, match="Account access forbidden") as error:
        client(account_id="1").testing_api.projects.get_list()
    assert error.value.status == 403


def test_too_many_requests(client, emulator):
    emulator.limits(rate_limits="on", rate_scale=0.01)
    projects = client().testing_api.projects
    projects.get_list()
    with pytest.raises(mt.APIError, match="Rate limit exceeded") as error:
        projects.get_list()
    assert error.value.status == 429


@pytest.mark.parametrize(
    ("fault", "errors"),
    [
        ({"status": 500, "json": {"errors": "Unexpected error"}}, ["Unexpected error"]),
        ({"status": 502, "html": "<h1>Bad gateway</h1>"}, ["Invalid JSON"]),
        ({"status": 400}, ["Empty response body"]),
    ],
)
def test_server_errors(client, emulator, fault, errors):
    emulator.fault(**fault, times=1)
    projects = client().testing_api.projects
    with pytest.raises(mt.APIError) as error:
        projects.create(mt.ProjectParams(name="Shop"))
    assert (error.value.status, error.value.errors) == (fault["status"], errors)
    assert isinstance(projects.create(mt.ProjectParams(name="Shop")), Project)
