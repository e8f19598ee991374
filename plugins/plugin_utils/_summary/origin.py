# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who started a run, where, and from which commit, as CI systems tell it in the environment. Pure."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from urllib.parse import quote

# By system: the variables that are there if it is that one, and for each thing to know, the patterns that can tell it.
# The first pattern is taken whose variables are all there.
_SYSTEMS = {
    "AWX": {
        "needs": ("AWX_HOST", "JOB_ID"),
        "user": ("{awx_user_name}", "{tower_user_name}", "{awx_schedule_name}", "{tower_schedule_name}"),
        "project": ("{awx_job_template_name}", "{tower_job_template_name}"),
        "ref": ("{awx_project_scm_branch}", "{tower_project_scm_branch}"),
        "commit": ("{PROJECT_REVISION}", "{awx_project_revision}", "{tower_project_revision}"),
        "job": ("{AWX_HOST}/#/jobs/playbook/{JOB_ID}",),
    },
    "GitHub Actions": {
        "needs": ("GITHUB_ACTIONS",),
        "user": ("{GITHUB_TRIGGERING_ACTOR}", "{GITHUB_ACTOR}"),
        "project": ("{GITHUB_REPOSITORY}",),
        "ref": ("{GITHUB_HEAD_REF}", "{GITHUB_REF_NAME}"),
        "commit": ("{GITHUB_SHA}",),
        "commit_url": ("{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/commit/{GITHUB_SHA}",),
        "job": ("{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/actions/runs/{GITHUB_RUN_ID}",),
    },
    "GitLab CI": {
        "needs": ("GITLAB_CI",),
        "user": ("{GITLAB_USER_LOGIN}", "{GITLAB_USER_NAME}"),
        "project": ("{CI_PROJECT_PATH}",),
        "ref": ("{CI_COMMIT_REF_NAME}",),
        "commit": ("{CI_COMMIT_SHA}",),
        "commit_url": ("{CI_PROJECT_URL}/-/commit/{CI_COMMIT_SHA}",),
        "job": ("{CI_JOB_URL}", "{CI_PIPELINE_URL}"),
    },
    "Azure Pipelines": {
        "needs": ("TF_BUILD",),
        "user": ("{BUILD_REQUESTEDFOR}",),
        "project": ("{BUILD_REPOSITORY_NAME}",),
        "ref": ("{BUILD_SOURCEBRANCHNAME}",),
        "commit": ("{BUILD_SOURCEVERSION}",),
        "job": ("{SYSTEM_COLLECTIONURI}{SYSTEM_TEAMPROJECT}/_build/results?buildId={BUILD_BUILDID}",),
    },
    "CircleCI": {
        "needs": ("CIRCLECI",),
        "user": ("{CIRCLE_USERNAME}",),
        "project": ("{CIRCLE_PROJECT_USERNAME}/{CIRCLE_PROJECT_REPONAME}",),
        "ref": ("{CIRCLE_BRANCH}", "{CIRCLE_TAG}"),
        "commit": ("{CIRCLE_SHA1}",),
        "job": ("{CIRCLE_BUILD_URL}",),
    },
    "Bitbucket Pipelines": {
        "needs": ("BITBUCKET_BUILD_NUMBER",),
        "project": ("{BITBUCKET_REPO_FULL_NAME}",),
        "ref": ("{BITBUCKET_BRANCH}", "{BITBUCKET_TAG}"),
        "commit": ("{BITBUCKET_COMMIT}",),
        "commit_url": ("{BITBUCKET_GIT_HTTP_ORIGIN}/commits/{BITBUCKET_COMMIT}",),
        "job": ("{BITBUCKET_GIT_HTTP_ORIGIN}/pipelines/results/{BITBUCKET_BUILD_NUMBER}",),
    },
    "Buildkite": {
        "needs": ("BUILDKITE",),
        "user": ("{BUILDKITE_BUILD_CREATOR}",),
        "project": ("{BUILDKITE_PIPELINE_SLUG}",),
        "ref": ("{BUILDKITE_BRANCH}",),
        "commit": ("{BUILDKITE_COMMIT}",),
        "job": ("{BUILDKITE_BUILD_URL}",),
    },
    # Last, since agents of Jenkins are often set up by other systems and keep its address.
    "Jenkins": {
        "needs": ("JENKINS_URL", "BUILD_URL"),
        "user": ("{BUILD_USER}", "{BUILD_USER_ID}", "{CHANGE_AUTHOR}"),
        "project": ("{JOB_NAME}",),
        "ref": ("{BRANCH_NAME}", "{GIT_BRANCH}"),
        "commit": ("{GIT_COMMIT}",),
        "job": ("{BUILD_URL}",),
    },
}


def _names_in(pattern):
    return [field[1] for field in string.Formatter().parse(pattern) if field[1]]


# AWX tells some of it by extra variables of the run.
VARIABLES = tuple(
    name
    for patterns in _SYSTEMS["AWX"].values()
    for pattern in patterns
    for name in _names_in(pattern)
    if name.islower()
)


@dataclass(frozen=True)
class Origin:
    """What is known about where a run comes from; an empty text is not known."""

    system: str = ""
    user: str = ""
    project: str = ""
    ref: str = ""
    commit: str = ""
    commit_url: str = ""
    job: str = ""


def origin_of(environment):
    """Return the Origin that an environment tells.

    :param environment: mapping of str to str, the environment and the extra variables of AWX. What is not named in the
        table above is not looked at.
    """
    for system, patterns in _SYSTEMS.items():
        if all(environment.get(name) for name in patterns["needs"]):
            told = {name: _filled(patterns[name], environment) for name in patterns if name != "needs"}
            links = {name: _link(told[name]) for name in ("commit_url", "job") if name in told}
            return Origin(system, **{**told, **links})
    return Origin()


def _filled(patterns, environment):
    for pattern in patterns:
        names = _names_in(pattern)
        if all(environment.get(name) for name in names):
            return pattern.format_map({name: str(environment[name]) for name in names})
    return ""


def _link(url):
    """Return a URL that a mail can link to, without user and password; nothing where it is none."""
    if not re.match(r"https?://", url, re.IGNORECASE):
        return ""
    return quote(re.sub(r"//[^/@\s]*@", "//", url), safe="%/:=&?~#+!$,;'@()*[]")
