# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.community.mailtrap.plugins.plugin_utils._summary.ci_environment import (
    AWX_VARIABLES,
    RunOrigin,
    detect_origin,
)

SHA = "0123456789abcdef0123456789abcdef01234567"
SYSTEMS = {
    "github": (
        {
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTOR": "octocat",
            "GITHUB_TRIGGERING_ACTOR": "hubot",
            "GITHUB_REPOSITORY": "acme/shop",
            "GITHUB_REF_NAME": "main",
            "GITHUB_HEAD_REF": "",
            "GITHUB_SHA": SHA,
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_RUN_ID": "7",
            "GITHUB_TOKEN": "secret",
        },
        RunOrigin(
            "GitHub Actions",
            "hubot",
            "acme/shop",
            "main",
            SHA,
            f"https://github.com/acme/shop/commit/{SHA}",
            "https://github.com/acme/shop/actions/runs/7",
        ),
    ),
    "gitlab": (
        {
            "GITLAB_CI": "true",
            "GITLAB_USER_LOGIN": "ann",
            "CI_PROJECT_PATH": "acme/shop",
            "CI_PROJECT_URL": "https://gitlab.com/acme/shop",
            "CI_COMMIT_REF_NAME": "main",
            "CI_COMMIT_SHA": SHA,
            "CI_JOB_URL": "https://gitlab.com/acme/shop/-/jobs/7",
            "CI_JOB_TOKEN": "secret",
        },
        RunOrigin(
            "GitLab CI",
            "ann",
            "acme/shop",
            "main",
            SHA,
            f"https://gitlab.com/acme/shop/-/commit/{SHA}",
            "https://gitlab.com/acme/shop/-/jobs/7",
        ),
    ),
    "jenkins": (
        {
            "JENKINS_URL": "https://ci.example.com/",
            "BUILD_URL": "https://ann:secret@ci.example.com/job/Shop deploy/7/",
            "BUILD_USER": "Ann",
            "JOB_NAME": "Shop deploy",
            "GIT_BRANCH": "origin/main",
            "GIT_COMMIT": SHA,
        },
        RunOrigin(
            "Jenkins",
            "Ann",
            "Shop deploy",
            "origin/main",
            SHA,
            "",
            "https://ci.example.com/job/Shop%20deploy/7/",
        ),
    ),
    "azure": (
        {
            "TF_BUILD": "True",
            "BUILD_REQUESTEDFOR": "Ann",
            "BUILD_REPOSITORY_NAME": "shop",
            "BUILD_SOURCEBRANCHNAME": "main",
            "BUILD_SOURCEVERSION": SHA,
            "SYSTEM_COLLECTIONURI": "https://dev.azure.com/acme/",
            "SYSTEM_TEAMPROJECT": "Web Shop",
            "BUILD_BUILDID": "7",
        },
        RunOrigin(
            "Azure Pipelines",
            "Ann",
            "shop",
            "main",
            SHA,
            "",
            "https://dev.azure.com/acme/Web%20Shop/_build/results?buildId=7",
        ),
    ),
    "circleci": (
        {
            "CIRCLECI": "true",
            "CIRCLE_USERNAME": "ann",
            "CIRCLE_PROJECT_USERNAME": "acme",
            "CIRCLE_PROJECT_REPONAME": "shop",
            "CIRCLE_TAG": "v1",
            "CIRCLE_SHA1": SHA,
            "CIRCLE_BUILD_URL": "https://circleci.com/gh/acme/shop/7",
        },
        RunOrigin("CircleCI", "ann", "acme/shop", "v1", SHA, "", "https://circleci.com/gh/acme/shop/7"),
    ),
    "bitbucket": (
        {
            "BITBUCKET_BUILD_NUMBER": "7",
            "BITBUCKET_REPO_FULL_NAME": "acme/shop",
            "BITBUCKET_BRANCH": "main",
            "BITBUCKET_COMMIT": SHA,
            "BITBUCKET_GIT_HTTP_ORIGIN": "https://bitbucket.org/acme/shop",
        },
        RunOrigin(
            "Bitbucket Pipelines",
            "",
            "acme/shop",
            "main",
            SHA,
            f"https://bitbucket.org/acme/shop/commits/{SHA}",
            "https://bitbucket.org/acme/shop/pipelines/results/7",
        ),
    ),
    "buildkite": (
        {
            "BUILDKITE": "true",
            "BUILDKITE_BUILD_CREATOR": "Ann",
            "BUILDKITE_PIPELINE_SLUG": "shop",
            "BUILDKITE_BRANCH": "main",
            "BUILDKITE_COMMIT": SHA,
            "BUILDKITE_BUILD_URL": "https://buildkite.com/acme/shop/builds/7",
        },
        RunOrigin("Buildkite", "Ann", "shop", "main", SHA, "", "https://buildkite.com/acme/shop/builds/7"),
    ),
    "awx": (
        {
            "AWX_HOST": "https://awx.example.com",
            "JOB_ID": "7",
            "PROJECT_REVISION": SHA,
            "awx_user_name": "ann",
            "awx_job_template_name": "Deploy",
            "awx_project_scm_branch": "main",
        },
        RunOrigin("AWX", "ann", "Deploy", "main", SHA, "", "https://awx.example.com/#/jobs/playbook/7"),
    ),
    "tower": (
        {"AWX_HOST": "https://awx.example.com", "JOB_ID": "7", "tower_schedule_name": "Nightly"},
        RunOrigin("AWX", "Nightly", job_url="https://awx.example.com/#/jobs/playbook/7"),
    ),
}


@pytest.mark.parametrize("variables, origin", SYSTEMS.values(), ids=SYSTEMS)
def test_system_is_detected(variables, origin):
    assert detect_origin({"HOME": "/root", "MAILTRAP_API_TOKEN": "secret", **variables}) == origin


@pytest.mark.parametrize(
    "variables", [{}, {"CI": "true"}, {"GITHUB_ACTIONS": ""}, {"JOB_ID": "7"}, {"JENKINS_URL": "https://x"}]
)
def test_no_system_is_detected(variables):
    assert detect_origin(variables) == RunOrigin()


def test_only_http_urls_are_linked():
    assert detect_origin({"GITLAB_CI": "true", "CI_JOB_URL": "javascript:alert(1)"}).job_url == ""
    assert detect_origin({"GITLAB_CI": "true", "CI_JOB_URL": 'https://x/"><b>'}).job_url == "https://x/%22%3E%3Cb%3E"


def test_values_are_not_templated():
    origin = detect_origin({"GITLAB_CI": "true", "GITLAB_USER_LOGIN": "{CI_JOB_TOKEN}", "CI_JOB_TOKEN": "x"})
    assert origin.user == "{CI_JOB_TOKEN}"


def test_awx_variables_exclude_environment_variables():
    assert "awx_user_name" in AWX_VARIABLES and "tower_user_name" in AWX_VARIABLES
    assert "AWX_HOST" not in AWX_VARIABLES
