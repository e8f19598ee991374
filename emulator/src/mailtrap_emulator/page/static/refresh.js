// Copyright (c) the community.mailtrap authors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// New mail appears while somebody looks; where nothing has changed, nothing is touched.
"use strict";

async function refresh() {
  if (document.hidden) return;
  const answer = await fetch(location.href);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [shown, fresh] = [document, page].map((one) => one.querySelector("[data-live]"));
  if (shown.innerHTML !== fresh.innerHTML) shown.replaceWith(fresh);
}

async function watch() {
  // The emulator may be gone for a while.
  await refresh().catch(() => {});
  setTimeout(watch, 2000);
}

setTimeout(watch, 2000);
