// Copyright (c) the community.mailtrap authors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Calls functions of the official Node SDK. It reads commands from stdin and writes results to stdout, each a line of
// JSON. The first line of the output lists the functions of the SDK. The argument is the URL of the emulator.

"use strict";

const path = require("node:path");
const readline = require("node:readline");

const url = process.argv[2];
// The modules of the SDK read the URLs when they are loaded.
const config = require(path.join(path.dirname(require.resolve("mailtrap")), "config"));
Object.assign(config.default.CLIENT_SETTINGS, {
  SENDING_ENDPOINT: url,
  BULK_ENDPOINT: `${url}/bulk`,
  TESTING_ENDPOINT: url,
  GENERAL_ENDPOINT: url,
});
const sdk = require("mailtrap");
const nodemailer = require("nodemailer");

const topLevelFunctions = Object.keys(sdk).filter((name) => !/^class/.test(String(sdk[name])));

function listMembers(object) {
  return [...Object.keys(object), ...Object.getOwnPropertyNames(Object.getPrototypeOf(object))];
}

function listFunctions(object, prefix) {
  const functions = [];
  for (const name of listMembers(object)) {
    // These members are internal: the HTTP client, and the cached results of getters.
    if (/^(constructor|axios|client|.*Instance)$/.test(name)) continue;
    const member = object[name];
    if (typeof member === "function") functions.push(prefix + name);
    else if (member && typeof member === "object") functions.push(...listFunctions(member, `${prefix}${name}.`));
  }
  return functions;
}

async function callFunction({ function: name, options, arguments: args }) {
  if (name === "MailtrapTransport") {
    return nodemailer.createTransport(sdk.MailtrapTransport(options)).sendMail(...args);
  }
  if (topLevelFunctions.includes(name)) return sdk[name](...args);
  const path = name.split(".");
  const method = path.pop();
  const api = path.reduce((object, key) => object[key], new sdk.MailtrapClient(options));
  return api[method](...args);
}

function writeLine(data) {
  process.stdout.write(`${JSON.stringify(data)}\n`);
}

function reviveBuffer(key, value) {
  return value && value.type === "Buffer" ? Buffer.from(value.data) : value;
}

async function main() {
  const client = new sdk.MailtrapClient({ token: "x", accountId: 1, organizationId: 1 });
  writeLine([...topLevelFunctions, ...listFunctions(client, "")]);
  for await (const line of readline.createInterface({ input: process.stdin })) {
    try {
      writeLine({ value: await callFunction(JSON.parse(line, reviveBuffer)) });
    } catch (error) {
      const { cause, constructor, message } = error;
      writeLine({ error: { name: constructor.name, message, status: cause?.response?.status } });
    }
  }
}

main();
