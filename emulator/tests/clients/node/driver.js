// Copyright (c) the community.mailtrap authors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Makes the calls of the official Node SDK that it reads from stdin, one line of JSON each, and answers each with a line
// of JSON. The line before them tells the surface of the SDK. The argument is the address of the emulator.

"use strict";

const path = require("node:path");
const readline = require("node:readline");

const url = process.argv[2];
// The modules of the SDK take the addresses as they are loaded.
const config = require(path.join(path.dirname(require.resolve("mailtrap")), "config"));
Object.assign(config.default.CLIENT_SETTINGS, {
  SENDING_ENDPOINT: url,
  BULK_ENDPOINT: `${url}/bulk`,
  TESTING_ENDPOINT: url,
  GENERAL_ENDPOINT: url,
});
const sdk = require("mailtrap");
const nodemailer = require("nodemailer");

const functions = Object.keys(sdk).filter((name) => !/^class/.test(String(sdk[name])));

function names(thing) {
  return [...Object.keys(thing), ...Object.getOwnPropertyNames(Object.getPrototypeOf(thing))];
}

function surface(thing, prefix, found) {
  for (const name of names(thing)) {
    // What an API is made of, and where it keeps what its getters gave.
    if (/^(constructor|axios|client|.*Instance)$/.test(name)) continue;
    if (typeof thing[name] === "function") found.push(prefix + name);
    else if (thing[name] && typeof thing[name] === "object") surface(thing[name], `${prefix}${name}.`, found);
  }
  return found;
}

async function make({ call, options, values }) {
  if (call === "MailtrapTransport") {
    return nodemailer.createTransport(sdk.MailtrapTransport(options)).sendMail(...values);
  }
  if (functions.includes(call)) return sdk[call](...values);
  const steps = call.split(".");
  const last = steps.pop();
  const api = steps.reduce((thing, step) => thing[step], new sdk.MailtrapClient(options));
  return api[last](...values);
}

function tell(answer) {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

function revive(key, value) {
  return value && value.type === "Buffer" ? Buffer.from(value.data) : value;
}

async function main() {
  tell([...functions, ...surface(new sdk.MailtrapClient({ token: "x", accountId: 1, organizationId: 1 }), "", [])]);
  for await (const line of readline.createInterface({ input: process.stdin })) {
    try {
      tell({ value: await make(JSON.parse(line, revive)) });
    } catch (error) {
      const { cause, constructor, message } = error;
      tell({ error: { name: constructor.name, message, status: cause?.response?.status } });
    }
  }
}

main();
