# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Detects from CI environment variables who started a run, on which system, and from which commit."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# For each CI system, the environment variables that identify it, and for each detail the templates that can provide it.
# The first template whose variables are all set is used.
_CI_SYSTEMS: dict[str, dict[str, tuple[str, ...]]] = {
    "AWX": {
        "required": ("AWX_HOST", "JOB_ID"),
        "user": ("{awx_user_name}", "{tower_user_name}", "{awx_schedule_name}", "{tower_schedule_name}"),
        "project": ("{awx_job_template_name}", "{tower_job_template_name}"),
        "ref": ("{awx_project_scm_branch}", "{tower_project_scm_branch}"),
        "commit": ("{PROJECT_REVISION}", "{awx_project_revision}", "{tower_project_revision}"),
        "job_url": ("{AWX_HOST}/#/jobs/playbook/{JOB_ID}",),
    },
    "GitHub Actions": {
        "required": ("GITHUB_ACTIONS",),
        "user": ("{GITHUB_TRIGGERING_ACTOR}", "{GITHUB_ACTOR}"),
        "project": ("{GITHUB_REPOSITORY}",),
        "ref": ("{GITHUB_HEAD_REF}", "{GITHUB_REF_NAME}"),
        "commit": ("{GITHUB_SHA}",),
        "commit_url": ("{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/commit/{GITHUB_SHA}",),
        "job_url": ("{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/actions/runs/{GITHUB_RUN_ID}",),
    },
    "GitLab CI": {
        "required": ("GITLAB_CI",),
        "user": ("{GITLAB_USER_LOGIN}", "{GITLAB_USER_NAME}"),
        "project": ("{CI_PROJECT_PATH}",),
        "ref": ("{CI_COMMIT_REF_NAME}",),
        "commit": ("{CI_COMMIT_SHA}",),
        "commit_url": ("{CI_PROJECT_URL}/-/commit/{CI_COMMIT_SHA}",),
        "job_url": ("{CI_JOB_URL}", "{CI_PIPELINE_URL}"),
    },
    "Azure Pipelines": {
        "required": ("TF_BUILD",),
        "user": ("{BUILD_REQUESTEDFOR}",),
        "project": ("{BUILD_REPOSITORY_NAME}",),
        "ref": ("{BUILD_SOURCEBRANCHNAME}",),
        "commit": ("{BUILD_SOURCEVERSION}",),
        "job_url": ("{SYSTEM_COLLECTIONURI}{SYSTEM_TEAMPROJECT}/_build/results?buildId={BUILD_BUILDID}",),
    },
    "CircleCI": {
        "required": ("CIRCLECI",),
        "user": ("{CIRCLE_USERNAME}",),
        "project": ("{CIRCLE_PROJECT_USERNAME}/{CIRCLE_PROJECT_REPONAME}",),
        "ref": ("{CIRCLE_BRANCH}", "{CIRCLE_TAG}"),
        "commit": ("{CIRCLE_SHA1}",),
        "job_url": ("{CIRCLE_BUILD_URL}",),
    },
    "Bitbucket Pipelines": {
        "required": ("BITBUCKET_BUILD_NUMBER",),
        "project": ("{BITBUCKET_REPO_FULL_NAME}",),
        "ref": ("{BITBUCKET_BRANCH}", "{BITBUCKET_TAG}"),
        "commit": ("{BITBUCKET_COMMIT}",),
        "commit_url": ("{BITBUCKET_GIT_HTTP_ORIGIN}/commits/{BITBUCKET_COMMIT}",),
        "job_url": ("{BITBUCKET_GIT_HTTP_ORIGIN}/pipelines/results/{BITBUCKET_BUILD_NUMBER}",),
    },
    "Buildkite": {
        "required": ("BUILDKITE",),
        "user": ("{BUILDKITE_BUILD_CREATOR}",),
        "project": ("{BUILDKITE_PIPELINE_SLUG}",),
        "ref": ("{BUILDKITE_BRANCH}",),
        "commit": ("{BUILDKITE_COMMIT}",),
        "job_url": ("{BUILDKITE_BUILD_URL}",),
    },
    # Jenkins comes last: its variables are often still set when a Jenkins agent runs jobs of another system.
    "Jenkins": {
        "required": ("JENKINS_URL", "BUILD_URL"),
        "user": ("{BUILD_USER}", "{BUILD_USER_ID}", "{CHANGE_AUTHOR}"),
        "project": ("{JOB_NAME}",),
        "ref": ("{BRANCH_NAME}", "{GIT_BRANCH}"),
        "commit": ("{GIT_COMMIT}",),
        "job_url": ("{BUILD_URL}",),
    },
}


def _variables_in(template: str) -> list[str]:
    return [field[1] for field in string.Formatter().parse(template) if field[1]]


# Extra variables of AWX. Its environment variables are in upper case.
AWX_VARIABLES = tuple(
    name
    for templates in _CI_SYSTEMS["AWX"].values()
    for template in templates
    for name in _variables_in(template)
    if name.islower()
)


@dataclass(frozen=True)
class RunOrigin:
    """Where a run comes from. Unknown details are empty strings.

    :ivar ref: the branch or tag.
    """

    system: str = ""
    user: str = ""
    project: str = ""
    ref: str = ""
    commit: str = ""
    commit_url: str = ""
    job_url: str = ""


def detect_origin(variables: Mapping[str, object]) -> RunOrigin:
    """Detect the origin of a run.

    :param variables: the environment variables, and the extra variables of AWX. Only those in the table above are read.
    """
    for system, templates in _CI_SYSTEMS.items():
        if all(variables.get(name) for name in templates["required"]):
            details = {name: _fill_first(templates[name], variables) for name in templates if name != "required"}
            details.update({name: _clean_url(url) for name, url in details.items() if name.endswith("_url")})
            return RunOrigin(system, **details)
    return RunOrigin()


def _fill_first(templates: Sequence[str], variables: Mapping[str, object]) -> str:
    """Fill the first template whose variables are all set; return an empty string if there is none."""
    for template in templates:
        names = _variables_in(template)
        if all(variables.get(name) for name in names):
            return template.format_map({name: str(variables[name]) for name in names})
    return ""


def _clean_url(url: str) -> str:
    """Remove the credentials from a URL and quote it; return an empty string if it is not an HTTP URL."""
    if not re.match(r"https?://", url, re.IGNORECASE):
        return ""
    return quote(re.sub(r"//[^/@\s]*@", "//", url), safe="%/:=&?~#+!$,;'@()*[]")
