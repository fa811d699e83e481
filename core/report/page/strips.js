// Clients one by one: a row a variant, a dot a client of every seed, and a line at their mean.

const DOTS = 300, ROW = 38;

// So many of the sorted values that they are spread just as all of them are.
function thinned(list, count) {
  return list.length <= count ? list : [...Array(count).keys()].map((i) => list[Math.round(i * (list.length - 1) / (count - 1))]);
}

// Dots beside each other instead of over each other: those at about one place are stacked around the row's middle.
function stacked(values, x, middle) {
  const columns = new Map(), column = (one) => Math.round(x(one.value) / 6);
  for (const one of values) columns.set(column(one), (columns.get(column(one)) || 0) + 1);
  const step = Math.min(6.5, (ROW - 10) / Math.max(1, most([...columns.values()]) - 1)), used = new Map();
  return values.map((one) => {
    const at = column(one), nth = used.get(at) || 0;
    used.set(at, nth + 1);
    return { ...one, x: x(one.value), y: middle + (nth - (columns.get(at) - 1) / 2) * step, r: 3.5 };
  });
}

function stripRow({ variant, values, all }, i, x, names, signed) {
  const middle = i * ROW + ROW / 2, at = x(mean(all.map((one) => one.value)));
  const tip = (one) => `${variant.name}, client ${one.client}, seed ${one.seed}: ${fixed(one.value, 1, signed)}`;
  const marks = stacked(values, x, middle).map((one) => ({ ...one, tip: tip(one) }));
  const paint = colourName(variant.index);
  const dots = marks.map(({ x: cx, y: cy, r }) => drawn("circle", { class: "dot", cx, cy, r, fill: paint, stroke: paint }));
  const name = words(names - 12, middle + 4, fitted(variant.name, names - 12).shown, ended);
  name.append(drawn("title", {}, variant.name));
  return { marks, parts: [name, ...dots, drawn("path", { class: "mean", d: `M${at} ${middle - 15}v30` })] };
}

// `clientsOf` gives a variant's {client, seed, value}.
function stripPlot(variants, clientsOf, unit, signed, full) {
  const sorted = (variant) => clientsOf(variant).sort((a, b) => a.value - b.value);
  const rows = variants.map((variant) => ({ variant, all: sorted(variant) })).filter((row) => row.all.length);
  if (!rows.length) return [];
  for (const row of rows) row.values = thinned(row.all, DOTS);
  const width = Math.min(720, full), bottom = rows.length * ROW;
  const names = most(rows.map((row) => fitted(row.variant.name, width * 0.3).width)) + 16;
  const values = rows.flatMap((row) => row.all.map((one) => one.value)), low = Math.min(0, least(values));
  const top = signed ? Math.max(0, most(values)) : most(values), high = top > low ? top : low + 1;
  const x = (value) => names + 4 + (value - low) / (high - low) * (width - names - 20);
  const drawnRows = rows.map((row, i) => stripRow(row, i, x, names, signed));
  const means = rows.map((row) => `${row.variant.name} ${fixed(mean(row.all.map((one) => one.value)), 2, signed)}`);
  const parts = [...axisAcross(low, high, x, unit, 2, bottom, signed), ...drawnRows.flatMap((row) => row.parts)];
  const label = `${unit}, client by client. Means: ${means.join(", ")}`, more = most(rows.map((row) => row.all.length));
  return [markedPicture(width, bottom + BOTTOM, label, drawnRows.map((row) => row.marks), parts),
    more > DOTS ? element("p", { class: "note" }, `Of ${more} dots a row, ${DOTS} are shown, spread as all of them.`) : null];
}

function accuraciesOf(variant) {
  return variant.runs.flatMap((run) => (run.clients || []).filter((one) => !nothing(one.accuracy))
    .map((one) => ({ client: one.id, seed: run.seed, value: 100 * one.accuracy })));
}

// None where the comparison says why the two are not to be paired.
function differencesOf(variant, baseline) {
  if (variant.row.why) return [];
  return variant.runs.flatMap((run) => {
    const other = baseline.runs.find((one) => one.seed === run.seed);
    if (!run.clients || !other?.clients) return [];
    const theirs = new Map(other.clients.map((one) => [one.id, one.accuracy]));
    return run.clients.filter((one) => !nothing(one.accuracy) && !nothing(theirs.get(one.id)))
      .map((one) => ({ client: one.id, seed: run.seed, value: 100 * (one.accuracy - theirs.get(one.id)) }));
  });
}
