// A page of Graft's in headless Chromium: what a reader does with it, and what must hold while they do.
//   node page.mjs PAGE SHOTS CHROMIUM SECTION…    PAGE: an .html file or an address; pictures go into the folder SHOTS; SECTION…:
//   which sections it must have
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { existsSync, mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { lowestContrast, lowestOfLines, smallestText } from "./looks.mjs";

const [path, shots, executable, ...sections] = process.argv.slice(2);
const { chromium } = createRequire(process.env.GRAFT_NODE_MODULES + "/")("playwright-core");
const address = path.startsWith("http") ? path : pathToFileURL(resolve(path)).href;
mkdirSync(shots, { recursive: true });

const browser = await chromium.launch({ executablePath: executable, args: ["--no-sandbox"] });
const errors = [];

// A page by file:// asks for nothing but itself; one that is served, for what its own server has.
const served = address.startsWith("http");
const own = (url) => url.startsWith("data:") || (served ? new URL(url).origin === new URL(address).origin : url === address);

async function opened(options) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  const page = await context.newPage();
  page.on("console", (message) => { if (message.type() === "error") errors.push(message.text()); });
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("request", (request) => { if (!own(request.url())) errors.push(`asks for ${request.url()}`); });
  await page.goto(address);
  await page.waitForSelector("#results table");
  return page;
}

const accuracyHead = (page) => page.locator("#results thead th", { has: page.locator("button", { hasText: /^accuracy$/ }) });

async function sorts(page) {
  const head = accuracyHead(page);
  if (await page.locator("#results tbody tr").count() < 2) return;
  await head.locator("button").click();
  assert.equal(await head.getAttribute("aria-sort"), "descending");
  await page.keyboard.press("Enter");
  assert.equal(await head.getAttribute("aria-sort"), "ascending");
  const cells = await page.locator("#results tbody td:nth-child(2)").allTextContents(), figures = cells.map(parseFloat);
  assert.deepEqual(figures, [...figures].sort((a, b) => a - b));
}

// Another moment has another column: the head that sorts stays the same.
async function keepsSorting(page) {
  const moment = page.getByLabel("Scores");
  if (!await moment.count() || await page.locator("#results tbody tr").count() < 2) return;
  const sorting = () => page.locator("#results th[aria-sort] button").textContent();
  const weighted = page.locator("#results thead button", { hasText: /^weighted$/ });
  await weighted.click();
  await moment.selectOption("chosen_");
  assert.equal(await sorting(), "weighted");
  await moment.selectOption("");
  assert.equal(await sorting(), "weighted");
}

// By the tab key from the top to the table's heads, each stop to be seen.
async function tabs(page) {
  await page.evaluate(() => { document.activeElement.blur(); scrollTo(0, 0); });
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to the results");
  const reached = () => page.evaluate(() => document.activeElement.closest("thead")?.closest("section").id);
  for (let i = 0; i < 40 && await reached() !== "results"; ++i) await page.keyboard.press("Tab");
  assert.equal(await reached(), "results", "the heads are reached by the tab key");
  assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), "none");
}

async function hovers(page) {
  const values = () => page.locator(".legend .value").allTextContents(), place = page.locator(".legend .place");
  const box = await boxOf(page, ".u-over");
  assert.equal(await place.textContent(), "latest");
  await page.mouse.move(box.x + 3, box.y + box.height / 2);
  assert.match(await place.textContent(), /^round \d+$/);
  assert.ok((await values()).some((value) => /\d/.test(value)), "values are shown under the pointer");
  const dot = await boxOf(page, "#clients circle.dot");
  await page.mouse.move(dot.x + dot.width / 2, dot.y + dot.height / 2);
  assert.match(await page.locator("#clients .tip:visible").textContent(), /client \d+, seed \d+: \d/);
}

async function boxOf(page, selector) {
  const one = page.locator(selector).first();
  await one.scrollIntoViewIfNeeded();
  return one.boundingBox();
}

// The range of rounds that the chart says it shows.
async function range(page) {
  const label = await page.locator("#curves .uplot").getAttribute("aria-label");
  return label.match(/over round ([\d.]+) to ([\d.]+)/).slice(1).map(Number);
}

async function zooms(page) {
  const whole = await range(page), box = await boxOf(page, ".u-over");
  await page.mouse.move(box.x + box.width * 0.3, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, box.y + 40, { steps: 5 });
  await page.mouse.up();
  const [low, high] = await range(page);
  assert.ok(low > whole[0] && high < whole[1], "dragging looks closer");
  await page.click("#theme");
  assert.deepEqual(await range(page), [low, high], "the range stays over a redraw");
  await page.click("#theme");
  await page.click("text=Whole range");
  assert.deepEqual(await range(page), whole);
  await page.focus("#curves .uplot");
  await page.keyboard.press("Home");
  assert.equal(await page.locator(".legend .place").textContent(), `round ${whole[0]}`);
  await page.keyboard.press("ArrowRight");
  assert.notEqual(await page.locator(".legend .place").textContent(), `round ${whole[0]}`);
  await page.keyboard.press("+");
  assert.ok((await range(page))[1] < whole[1], "+ looks closer");
  await page.click("text=Whole range");
}

// One stop for all dots, and arrow keys from one to the next.
async function walks(page, id) {
  const section = page.locator(`#${id}`), tip = section.locator(".tip:visible");
  if (!await section.locator(".ring").count()) return;
  assert.equal(await section.locator("svg [tabindex]").count(), 1);
  await section.locator(".ring").focus();
  const first = await tip.textContent();
  await page.keyboard.press("End");
  assert.notEqual(await tip.textContent(), first);
  assert.equal(await section.locator(".ring").getAttribute("aria-label"), await tip.textContent());
  await page.keyboard.press("Home");
  assert.equal(await tip.textContent(), first);
}

// What a reader has opened and reached is as it was after a redraw: as new data makes one, the theme does.
async function keeps(page) {
  const opened = page.locator("#results details").first(), focused = page.locator("#manifests details").first().locator("summary");
  await opened.locator("summary").click();
  await focused.focus();
  const at = await page.evaluate(() => scrollY);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.waitForSelector("html[data-theme=dark]");
  assert.ok(await opened.evaluate((node) => node.open), "it stays open");
  assert.ok(await focused.evaluate((node) => node === document.activeElement), "the focus stays");
  assert.equal(await page.evaluate(() => scrollY), at);
  await page.emulateMedia({ colorScheme: "light" });
  await page.waitForSelector("html[data-theme=light]");
  await opened.locator("summary").click();
}

// From a page on disk to those of its runs, and what its columns say.
async function leads(page) {
  const links = page.locator("#results details a"), notes = await page.locator("#results details").first().textContent();
  assert.ok(served || await page.locator("#results tbody tr").count() < 2 || await links.count() > 1, "links to the runs' pages");
  for (const link of await links.all()) assert.ok(existsSync(fileURLToPath(await link.evaluate((node) => node.href))));
  for (const column of ["weighted", "worst 25 %", "Jain"]) assert.ok(notes.includes(`${column}: `), `what '${column}' says`);
}

// What a page that follows its study must stand: seeds that are not as far as others, and a choice that is no longer there.
async function counts(page) {
  const curve = await page.evaluate(() => {
    const run = (rounds, clients) => ({ clients, curve: { round: [...Array(rounds).keys()].map((i) => i + 1), loss: Array(rounds).fill(1) } });
    const rounds = (runs) => curveOf({ runs }, CURVES.loss, ACROSS.rounds).x.length;
    return [rounds([run(30, []), run(30, []), run(2, null)]), rounds([run(5, null), run(2, null)])];
  });
  assert.deepEqual(curve, [30, 2], "a curve is that of the seeds that are done");
  const at = await page.evaluate(() => {
    const variants = state.page.comparison.variants.map((row) => ({ ...row, chosen_accuracy: null })), before = state.page;
    state.at = "chosen_";
    take({ ...before, comparison: { ...before.comparison, variants } });
    const after = state.at;
    take(before);
    return after;
  });
  assert.equal(at, "");
}

async function fits(page) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `the page is ${wide} pixels wider than the window`);
  const smallest = await smallestText(page);
  assert.ok(smallest >= 10, `text of ${smallest} pixels in a picture`);
}

async function stands(page, theme) {
  const text = await lowestContrast(page), line = await lowestOfLines(page);
  assert.ok(text.ratio >= 4.5, `${theme}: contrast of ${text.ratio.toFixed(2)} at ${text.of}`);
  assert.ok(line.ratio >= 3, `${theme}: contrast of ${line.ratio.toFixed(2)} at ${line.of}`);
  return text.ratio.toFixed(2);
}

async function prints(page) {
  await page.emulateMedia({ media: "print" });
  await page.waitForSelector("html[data-theme=light]");
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
  await stands(page, "print");
  await page.screenshot({ path: `${shots}/print.png`, fullPage: true });
  await page.emulateMedia({ media: "screen" });
  await page.waitForSelector("html[data-theme=dark]");
  await page.pdf({ path: `${shots}/print.pdf`, preferCSSPageSize: true });
}

const wide = await opened({ colorScheme: "light" });
await wide.screenshot({ path: `${shots}/light.png`, fullPage: true });
assert.deepEqual(await wide.$$eval("main section", (all) => all.map((one) => one.id)), sections);
await tabs(wide);
await sorts(wide);
await keepsSorting(wide);
await hovers(wide);
await zooms(wide);
for (const id of ["traffic", "clients", "differences", "split"]) await walks(wide, id);
await keeps(wide);
await leads(wide);
await counts(wide);
await fits(wide);
const light = await stands(wide, "light");
await wide.click("#theme");
assert.equal(await wide.getAttribute("#theme", "aria-pressed"), "true");

const night = await opened({ colorScheme: "dark" });
await night.screenshot({ path: `${shots}/dark.png`, fullPage: true });
const dark = await stands(night, "dark");
await prints(night);

const phone = await opened({ viewport: { width: 375, height: 740 }, isMobile: true, hasTouch: true });
await fits(phone);
await phone.screenshot({ path: `${shots}/phone.png`, fullPage: true });

assert.deepEqual(errors, []);
console.log(`light ${light}, dark ${dark} at the lowest contrast of text; no errors`);
await browser.close();
