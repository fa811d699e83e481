// A page that graft watch serves: a run goes on under it, and it shows so.
//   node live.mjs GRAFT RUN FOLDER CHROMIUM    RUN: a finished run's folder; FOLDER: where it is played again, from its third round
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

const [graft, run, folder, executablePath] = process.argv.slice(2);
const { chromium } = createRequire(process.env.GRAFT_NODE_MODULES + "/")("playwright-core");
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const name of ["manifest.toml", "data.json"]) copyFileSync(join(run, name), join(folder, name));
const rounds = readFileSync(join(run, "rounds.jsonl"), "utf8").trimEnd().split("\n");
const write = (count) => writeFileSync(join(folder, "rounds.jsonl"), rounds.slice(0, count).map((line) => `${line}\n`).join(""));
write(3);

const server = spawn(graft, ["watch", folder, "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
const line = await new Promise((resolve) => createInterface({ input: server.stdout }).once("line", resolve));
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const page = await browser.newPage(), errors = [];
page.on("pageerror", (error) => errors.push(String(error)));
const says = (text) => page.waitForFunction((wanted) => document.getElementById("live").textContent === wanted, text);
const upTo = (round) => page.waitForFunction(
  (last) => document.querySelector("#results tbody").textContent.includes(`at round ${last}`), round);

try {
  await follow();
} finally {
  server.kill("SIGKILL");
  await browser.close();
}
console.log("a run that goes on shows so");

async function follow() {
  await page.goto(line.match(/http:\S+/)[0]);
  await says("3 rounds");
  await upTo(3);
  await page.click("#results summary");
  write(rounds.length - 1);
  await says(`${rounds.length - 1} rounds`);
  await upTo(rounds.length - 1);
  write(rounds.length);
  copyFileSync(join(run, "summary.json"), join(folder, "summary.json"));
  await says(`${rounds.length} rounds, done`);
  await page.waitForFunction(() => document.querySelector("#results tbody").textContent.includes("±"));
  assert.ok(await page.evaluate(() => document.querySelector("#results details").open), "what was opened stays open");
  server.kill("SIGINT");
  await says(`${rounds.length} rounds, done; no longer connected`);
  assert.deepEqual(errors, []);
}
