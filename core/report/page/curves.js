// What the curves draw: of a variant a figure over rounds or over what was spent, as the mean of its seeds.

const CURVES = {
  accuracy: { name: "accuracy on the test, %", figure: "mean", low: "p10", high: "p90", scale: 100 },
  validation: { name: "accuracy on validation samples, %", figure: "validation", scale: 100 },
  loss: { name: "loss on the test", figure: "loss", scale: 1 },
  train: { name: "training loss of a step", figure: "train_loss", scale: 1 },
};
const ACROSS = {
  rounds: { name: "round", figure: "round", scale: 1 },
  traffic: { name: "GB sent, up and down", figure: "bytes", scale: 1e-9 },
  seconds: { name: "seconds", figure: "seconds", scale: 1 },
};

// By round: where it stands in a seed's lists, of the rounds that have the figure.
function scoredRounds(curve, figure) {
  const at = new Map();
  (curve[figure] || []).forEach((value, i) => { if (!nothing(value)) at.set(curve.round[i], i); });
  return at;
}

// Of the seeds that are done, as the table; while none is, of those that have begun, as far as all of them have come: a mean over
// fewer would jump where one is not that far yet.
function curveOf(variant, kind, across) {
  const done = variant.runs.filter((run) => run.clients), runs = done.length ? done : variant.runs;
  const seeds = runs.map(({ curve }) => ({ curve, at: curve ? scoredRounds(curve, kind.figure) : new Map() }))
    .filter((seed) => seed.at.size);
  if (!seeds.length) return null;
  const rounds = [...seeds[0].at.keys()].filter((round) => seeds.every((seed) => seed.at.has(round)));
  if (!rounds.length) return null;
  const list = ({ scale }, figure) => rounds.map((round) => {
    const values = figure ? seeds.map((seed) => seed.curve[figure][seed.at.get(round)]) : [null];
    return values.some(nothing) ? null : mean(values) * scale;
  });
  const of = (name) => list(kind, kind[name]);
  return { variant, x: list(across, across.figure), y: of("figure"), low: of("low"), high: of("high") };
}

const curvesOf = (variants, kind, across) => variants.map((variant) => curveOf(variant, kind, across)).filter(Boolean);

// Each curve's three lists on one list of x: a figure, the worst tenth, the best tenth.
function chartData(curves) {
  return uPlot.join(curves.map((curve) => [curve.x, curve.y, curve.low, curve.high]));
}

// Where a curve has nothing at the pointer, its nearest point, unless the pointer is before its begin or behind its end.
function nearestPoint(chart, series, index) {
  const list = chart.data[series];
  if (series === 0 || !nothing(list[index])) return index;
  let before = index, after = index;
  while (before >= 0 && nothing(list[before])) --before;
  while (after < list.length && nothing(list[after])) ++after;
  if (before < 0 || after === list.length) return null;
  const x = chart.data[0];
  return x[index] - x[before] < x[after] - x[index] ? before : after;
}
