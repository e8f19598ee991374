// Copyright (c) the community.mailtrap authors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Shows new mail on an open page. The page is changed only if its content differs, which keeps selection and focus.
"use strict";

async function refresh() {
  if (document.hidden) return;
  const response = await fetch(location.href);
  if (!response.ok) return;
  const newDocument = new DOMParser().parseFromString(await response.text(), "text/html");
  const [current, updated] = [document, newDocument].map((page) => page.querySelector("[data-live]"));
  if (current.innerHTML !== updated.innerHTML) current.replaceWith(updated);
}

async function refreshForever() {
  // The emulator may be unreachable for a while.
  await refresh().catch(() => {});
  setTimeout(refreshForever, 2000);
}

setTimeout(refreshForever, 2000);
