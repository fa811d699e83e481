// Numbers in words: digits and units that fit what there is, and round steps for an axis.

const nothing = (value) => value === null || value === undefined || Number.isNaN(value);
const known = (values) => values.filter((value) => !nothing(value));
const mean = (values) => values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : NaN;

// Unlike Math.min(...values) also for more values than fit on the stack.
const least = (values) => values.reduce((a, b) => Math.min(a, b), Infinity);
const most = (values) => values.reduce((a, b) => Math.max(a, b), -Infinity);

function fixed(value, digits, signed) {
  if (nothing(value)) return "";
  const text = value.toFixed(digits), zero = Number(text) === 0;
  return (signed && value > 0 && !zero ? "+" : "") + (zero ? text.replace("-", "") : text.replace("-", "\u2212"));
}

// Cut in its middle: names of a study often begin alike.
function cut(text, length) {
  const before = Math.ceil((length - 1) * 0.6), after = length - 1 - before;
  return text.length > length ? `${text.slice(0, before)}…${text.slice(text.length - after)}` : text;
}

const pText = (p) => nothing(p) ? "" : p < 0.001 ? "<0.001" : p.toFixed(3);
const timesText = (times) => "×" + fixed(times, times >= 100 ? 0 : times >= 10 ? 1 : times >= 0.1 || times === 0 ? 2 : 3);

const UNITS = {
  bytes: [[1, "B"], [1024, "KiB"], [1024 ** 2, "MiB"], [1024 ** 3, "GiB"], [1024 ** 4, "TiB"]],
  macs: [[1, "MACs"], [1e3, "k MACs"], [1e6, "M MACs"], [1e9, "G MACs"], [1e12, "T MACs"], [1e15, "P MACs"]],
  seconds: [[1, "s"], [60, "min"], [3600, "h"]],
  perByte: [[1, "points/GB"], [1e3, "points/MB"], [1e6, "points/kB"]],
  perFlop: [[1, "points/EFLOP"], [1e3, "points/PFLOP"], [1e6, "points/TFLOP"], [1e9, "points/GFLOP"]],
};

const smallest = (values) => least(known(values).map(Math.abs).filter((value) => value > 0));

// Those that tell a number of this size from its neighbours.
function digitsFor(value) {
  if (value >= 10) return 1;
  return value >= 1 ? 2 : Math.min(6, 1 - Math.floor(Math.log10(value)));
}

// The largest unit of which the smallest number still has some, and the digits that tell the smallest from others.
function unitFor(kind, values) {
  const low = smallest(values), units = UNITS[kind];
  const [size, unit] = Number.isFinite(low) ? units.filter(([one]) => one <= low).pop() || units[0] : units[0];
  const whole = size === 1 && (kind === "bytes" || kind === "macs");
  return { size, unit, digits: whole ? 0 : digitsFor(low / size) };
}

// Round steps for an axis, about `count` of them, each with a text of as many digits as the step has.
function ticks(low, high, count, signed) {
  const raw = (high - low) / count || 1, power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= raw * (1 - 1e-9));
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9)), all = [];
  for (let at = Math.ceil(low / step - 1e-9); at * step <= high + step * 1e-9; ++at) {
    all.push({ at: Number((at * step).toPrecision(12)), text: fixed(at * step, digits, signed) });
  }
  return all;
}
