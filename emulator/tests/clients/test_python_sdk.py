# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The official Python SDK: nothing of it is left out, and how it tells failures."""

import importlib
from pathlib import Path

import mailtrap as mt
import pytest
from mailtrap.models.projects import Project
from python_sdk import MAIL, promised, surface


def test_nothing_is_left_out():
    for file in Path(__file__).parent.glob("test_python_sdk_*.py"):
        importlib.import_module(file.stem)
    assert promised == surface()


@pytest.mark.parametrize("token", ["wrong", "Hey, that's not an API token!"])
def test_a_wrong_token(client, inbox, token):
    with pytest.raises(mt.AuthorizationError) as failure:
        client(token=token).testing_api.projects.get_list()
    assert failure.value.errors == ["Incorrect API token"]
    for options in ({}, {"sandbox": True, "inbox_id": str(inbox.id)}):
        with pytest.raises(mt.AuthorizationError) as failure:
            client(token=token, **options).send(mt.Mail(**MAIL))
        assert failure.value.errors == ["Unauthorized"]


def test_another_account(client):
    with pytest.raises(mt.APIError, match="Account access forbidden") as failure:
        client(account_id="1").testing_api.projects.get_list()
    assert failure.value.status == 403


def test_too_many_requests(client, emulator):
    emulator.limits(rate_limits="on", rate_scale=0.01)
    projects = client().testing_api.projects
    projects.get_list()
    with pytest.raises(mt.APIError, match="Rate limit exceeded") as failure:
        projects.get_list()
    assert failure.value.status == 429


@pytest.mark.parametrize(
    ("fault", "errors"),
    [
        ({"status": 500, "json": {"errors": "Unexpected error"}}, ["Unexpected error"]),
        ({"status": 502, "html": "<h1>Bad gateway</h1>"}, ["Invalid JSON"]),
        ({"status": 400}, ["Empty response body"]),
    ],
)
def test_failures_of_the_service(client, emulator, fault, errors):
    emulator.fault(**fault, times=1)
    projects = client().testing_api.projects
    with pytest.raises(mt.APIError) as failure:
        projects.create(mt.ProjectParams(name="Shop"))
    assert (failure.value.status, failure.value.errors) == (fault["status"], errors)
    assert isinstance(projects.create(mt.ProjectParams(name="Shop")), Project)
