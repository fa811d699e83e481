// Puts the page together from its data, and again whenever something changes: the data, the theme, a choice, the width.

const state = { variants: [], hidden: new Set(), view: { kind: "accuracy", across: "rounds", bands: true, zoom: null }, at: "",
  sorting: { head: "", up: false }, dark: false, onPaper: false, width: 0, chart: null };
const PAPER = 900;  // pixels across a printed page

const ENDS = ["missing", "interrupted", "failed"];
const endText = (end) => end === "missing" && state.page.live ? "not done yet" : end;

// Of a variant that has no result yet: how far it is.
function standing(variant) {
  const curve = curveOf(variant, CURVES.accuracy, ACROSS.rounds);
  return curve ? `${fixed(curve.y[curve.y.length - 1], 2)} at round ${curve.x[curve.x.length - 1]}` : endText(variant.state);
}

function take(page) {
  const rows = page.comparison.variants;
  state.page = page;
  if (rows.every((row) => nothing(row.chosen_accuracy))) state.at = "";  // no longer to be chosen
  state.variants = page.variants.map((variant, index) =>
    ({ ...variant, index, row: { ...rows[index], name: variant.name, index, state: standing(variant) } }));
  state.baseline = state.variants.find((variant) => variant.name === page.comparison.baseline) || state.variants[0];
}

function section(id, title, note, content) {
  const shown = content.filter(Boolean);
  if (!shown.length) return null;
  const head = [element("h2", { id: `${id}-title` }, title), note ? element("p", { class: "note" }, note) : null];
  return element("section", { id, "aria-labelledby": `${id}-title` }, ...head, ...shown);
}

// A choice among [value, text]; with its label before it.
function choice(label, options, chosen, choose) {
  const all = options.map(([value, text]) => element("option", { value, selected: value === chosen }, text));
  const onchange = (event) => choose(event.target.value);
  return element("label", {}, label, element("select", { "aria-label": label, onchange }, ...all));
}

// A variant's runs that ended like this, those of one reason together: "FedPer, seeds 1, 2: why".
function runsText({ name, row }, end) {
  const seeds = new Map();
  for (const run of (row.runs || []).filter((one) => one.state === end)) {
    seeds.set(run.why || "", [...(seeds.get(run.why || "") || []), run.seed]);
  }
  return [...seeds].map(([why, all]) => `${name}, seed${all.length > 1 ? "s" : ""} ${all.join(", ")}${why ? `: ${why}` : ""}`);
}

function notDone() {
  const all = ENDS.map((end) => [end, state.variants.flatMap((variant) => runsText(variant, end))]);
  const lines = all.filter(([, runs]) => runs.length);
  const line = ([end, runs]) => element("li", {}, element("b", {}, endText(end)), `: ${runs.join("; ")}`);
  const left = !state.page.live && lines.some(([end]) => end !== "failed");
  const hint = left ? element("li", {}, "The same command goes on with what is not done.") : null;
  return lines.length ? element("ul", { class: "missing" }, ...lines.map(line), hint) : null;
}

// Where the page lies beside the folders of its runs, as graft compare writes it.
function runPages() {
  if (location.protocol !== "file:" || state.page.live) return null;
  const link = ({ seed, folder }) =>
    element("a", { href: `${folder.split("/").map(encodeURIComponent).join("/")}/report.html` }, `seed ${seed}`);
  const lines = state.variants.map(({ name, row }) => [name, row.runs.filter((run) => run.state === "done" && run.folder !== ".")])
    .filter(([, runs]) => runs.length)
    .map(([name, runs]) => element("li", {}, name, ...runs.flatMap((run) => [" ", link(run)])));
  const where = "In the folders beside this page:";
  return lines.length ? element("details", {}, element("summary", {}, "Pages of the single runs"),
    element("p", { class: "note" }, where), element("ul", {}, ...lines)) : null;
}

function resultsContent() {
  const rows = state.variants.map((variant) => variant.row);
  const columns = resultColumns(rows, state.at, state.page.comparison.costs_relative_to);
  const moments = [["", "after the last round"], ["chosen_", "after the round that validation chose"]];
  const choose = (value) => { state.at = value; build(); };
  const chosen = rows.some((row) => !nothing(row.chosen_accuracy));
  const notes = [...state.page.notes, ...columns.map((column) => MEANINGS.get(column.head)).filter(Boolean)];
  return [notDone(), chosen ? element("div", { class: "controls" }, choice("Scores", moments, state.at, choose)) : null,
    sortableTable("Results", rows, columns, state.sorting),
    element("details", {}, element("summary", {}, "What the columns say"),
      element("ul", {}, ...notes.map((note) => element("li", {}, note)))), runPages()];
}

function curvesContent() {
  const { variants, view, hidden } = state, place = element("div", { class: "plot" });
  const there = Object.entries(CURVES).filter(([, kind]) => curvesOf(variants, kind, ACROSS.rounds).length);
  if (!there.length) return [element("p", { class: "note" }, "No round is done yet.")];
  const draw = () => {
    if (state.chart) state.chart.destroy();
    state.chart = drawChart(place, view, key, variants.filter((variant) => !hidden.has(variant.name)), state.width);
  };
  const seeds = variants.some((variant) => variant.runs.length > 1) ? "Means over the seeds. " : "";
  const change = (what) => (value) => {
    if (what !== "kind") view.zoom = what === "bands" ? view.zoom : null;
    view[what] = value;
    draw();
  };
  const key = legend(variants, hidden, draw), named = ([value, one]) => [value, one.name];
  const band = element("input", { type: "checkbox", checked: view.bands, onchange: () => change("bands")(band.checked) });
  draw();
  return [element("div", { class: "controls" }, choice("Show", there.map(named), view.kind, change("kind")),
    choice("over", Object.entries(ACROSS).map(named), view.across, change("across")),
    element("label", {}, band, "band over clients, 10 % to 90 %"),
    element("button", { type: "button", onclick: () => change("zoom")(null) }, "Whole range")),
  key.whole, place, element("p", { class: "note" }, `${seeds}Drag across to look closer; a double click goes back.`)];
}

function differencesContent() {
  const { variants, baseline, width } = state, others = variants.filter((variant) => variant !== baseline);
  const why = others.filter((variant) => variant.row.why)
    .map((variant) => element("p", { class: "note" }, `No differences of ${variant.name}: ${variant.row.why}.`));
  const unit = `points of difference to ${baseline.name}`;
  return [...stripPlot(others, (variant) => differencesOf(variant, baseline), unit, true, width), ...why];
}

const firstSeed = (splits) => splits.length === 1 ? `; of seed ${splits[0].split.seed}` : "; of a variant's first seed";

function sections() {
  const { page, variants, baseline, at, width } = state, several = variants.length > 1;
  const moment = at ? "after the chosen round" : "after the last round";
  return [
    section("results", "Results", null, resultsContent()),
    section("curves", "Over the rounds", null, curvesContent()),
    section("traffic", "Accuracy against communication",
      `Filled: on the Pareto front, where none is more accurate and sends no more; ${moment}.`,
      several ? [paretoPlot(variants, at, width)] : []),
    section("clients", "Clients", "A dot a client and seed, after the last round; the line is their mean.",
      stripPlot(variants, accuraciesOf, "accuracy on the test, %", false, width)),
    section("differences", "Differences, client by client",
      "Each client against itself under the baseline, with the same samples; after the last round.",
      several ? differencesContent() : []),
    section("layers", "Layers",
      `What share of each kind of parameters stays with its client, and how well the variant does; ${moment}.`,
      layersContent(variants, baseline, at)),
    section("split", "Who has what",
      `Samples of each class that each client has, all of them together${several ? firstSeed(page.splits) : ""}.`,
      splitsContent(page.splits, width)),
    section("manifests", "Manifests", several ? "What the resolved manifests differ in, and each as a whole." : null,
      manifestsContent(variants)),
  ].filter(Boolean);
}

function build() {
  const { page } = state, main = document.getElementById("main");
  document.documentElement.dataset.theme = state.dark && !state.onPaper ? "dark" : "light";
  document.getElementById("theme").setAttribute("aria-pressed", String(state.dark));
  state.width = state.onPaper ? PAPER : main.clientWidth;
  keepingPlace(main, () => {
    const all = sections();
    main.replaceChildren(...all);
    document.getElementById("sections").replaceChildren(
      ...all.map((one) => element("a", { href: `#${one.id}` }, one.querySelector("h2").textContent)));
  });
  document.getElementById("footer").replaceChildren(element("p", {}, versionsText(page.versions)), element("p", {}, page.folder));
  document.getElementById("title").textContent = document.title = page.name;
  document.getElementById("subtitle").textContent = page.subtitle;
}

function begin() {
  const wantsDark = matchMedia("(prefers-color-scheme: dark)"), main = document.getElementById("main");
  const change = (what, value) => { state[what] = value; build(); };
  state.dark = wantsDark.matches;
  take(JSON.parse(document.getElementById("data").textContent));
  state.view.bands = state.variants.length <= 4;  // more of them hide each other
  build();
  wantsDark.addEventListener("change", (event) => change("dark", event.matches));
  document.getElementById("theme").addEventListener("click", () => change("dark", !state.dark));
  // What is drawn in pixels is drawn again for paper: light, and as wide as that.
  matchMedia("print").addEventListener("change", (event) => change("onPaper", event.matches));
  addEventListener("beforeprint", () => change("onPaper", true));
  addEventListener("afterprint", () => change("onPaper", false));
  new ResizeObserver(() => { if (!state.onPaper && Math.abs(main.clientWidth - state.width) > 4) build(); }).observe(main);
  if (location.protocol !== "file:" && state.page.live) follow();
}

begin();
