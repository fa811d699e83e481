// What the table of the results says of a variant: how well it does, against the baseline, and what it costs.

const COSTS = [
  ["stored_bytes_per_client", "stored", "bytes", "a client"],
  ["upload_bytes_per_client_round", "up", "bytes", "a client and round"],
  ["download_bytes_per_client_round", "down", "bytes", "a client and round"],
  ["total_bytes", "in all", "bytes", "a run"],
  ["forward_macs_per_sample", "forward", "macs", "a sample"],
  ["training_macs_per_sample_round", "training", "macs", "a sample and round"],
  ["seconds", "time", "seconds", "a run"],
  ["peak_memory_bytes", "memory", "bytes", "peak"],
];
// What the comparison's own notes leave out, as the terminal has no room for these columns.
const MEANINGS = new Map([
  ["over seeds", "over seeds: standard deviation of the seeds' means"],
  ["weighted", "weighted: mean over clients, each counted by its test samples"],
  ["worst 25 %", "worst 25 %: mean of the worst quarter of the clients"],
  ["Jain", "Jain: Jain's index of fairness, 1 where all clients do equally well"],
]);
const GAINS = [["points_per_gigabyte", "for traffic", "perByte"], ["points_per_exaflop", "for training", "perFlop"]];

function numberColumn(head, unit, key, digits, more) {
  return { head, unit, value: (row) => row[key], cell: (row) => fixed(row[key], digits), ...more };
}

const plusMinus = (value, deviation) => fixed(value, 2) + (nothing(deviation) ? "" : ` ± ${fixed(deviation, 2)}`);

// `partial`: of some variant only part of the seeds is done. `at`: "" for the last round, "chosen_" for the one that validation chose.
function accuracyColumns(at, partial) {
  const key = (name) => at + name;
  const none = (row) => at && row.done.length ? null : element("span", { class: "soft" }, row.state);
  const cell = (row) => nothing(row[key("accuracy")]) ? none(row) : plusMinus(row[key("accuracy")], row[key("accuracy_std")]);
  const published = (row) => plusMinus(row.published, row.published_std);
  return [
    { head: "accuracy", unit: "% ± over clients", best: true, value: (row) => row[key("accuracy")], cell },
    partial ? { head: "seeds", unit: "done", value: (row) => row.done.length, cell: (row) => `${row.done.length} of ${row.runs.length}` } : null,
    numberColumn("over seeds", "±", key("accuracy_std_over_seeds"), 2),
    at ? numberColumn("round", "chosen", "chosen_round", 1) : null,
    { head: "published", unit: "%", value: (row) => row.published, cell: published },
  ].filter(Boolean);
}

// Who is left behind.
function fairnessColumns(at) {
  const percent = (head, name) => numberColumn(head, "%", at + name, 2, { best: true });
  return [percent("weighted", "weighted_accuracy"), percent("worst 10 %", "worst_10"), percent("worst 25 %", "worst_25"),
    numberColumn("Jain", "", `${at}jain`, 3, { best: true })];
}

function differenceColumns(at) {
  const key = (name) => at + name;
  const interval = (row) => nothing(row[key("low")]) ? "" : `[${fixed(row[key("low")], 2)}, ${fixed(row[key("high")], 2)}]`;
  const gain = (row) => nothing(row[key("gain")]) ? "" : fixed(100 * row[key("gain")], 0);
  const points = (row) => fixed(row[key("difference")], 2, true);
  return [
    { head: "difference", unit: "points", value: (row) => row[key("difference")], cell: points },
    { head: "95 %", unit: "bootstrap", value: (row) => row[key("low")], cell: interval },
    { head: "p", unit: "Holm", value: (row) => row[key("p_holm")], cell: (row) => pText(row[key("p_holm")]) },
    { head: "gain", unit: "% of clients", value: (row) => row[key("gain")], cell: gain },
    { head: "verdict", unit: "", left: true, value: (row) => row[key("verdict")], cell: (row) => verdict(row, key) },
  ];
}

function verdict(row, key) {
  const says = row[key("verdict")];
  if (nothing(says)) return "";
  const agreement = says === "undecided" || nothing(row[key("agreement")]) ? "" : `, ${row[key("agreement")]}`;
  return element("span", { class: says }, says + agreement);
}

function costColumn([key, head, kind, of], rows, reference) {
  const { size, unit, digits } = unitFor(kind, rows.map((row) => row[key]));
  const cell = (row) => {
    if (nothing(row[key])) return "";
    const times = rows.length > 1 && row.variant !== reference ? row[`times_${key}`] : null;
    const beside = nothing(times) ? null : element("span", { class: "times" }, timesText(times));
    return element("span", {}, fixed(row[key] / size, digits), beside);
  };
  return { head, unit: of ? `${unit}, ${of}` : unit, value: (row) => row[key], cell };
}

// Columns of which nothing is known are left out, and at the chosen round what is accuracy of the last one.
function resultColumns(rows, at, reference) {
  const costs = [...COSTS, ...(at ? [] : GAINS)].map((cost) => costColumn(cost, rows, reference));
  const differences = rows.length > 1 ? differenceColumns(at) : [];
  const partial = rows.some((row) => row.runs.length > 1 && row.done.length < row.runs.length);
  const all = [...accuracyColumns(at, partial), ...differences, ...fairnessColumns(at), ...costs];
  return all.filter((column, i) => i === 0 || rows.some((row) => !nothing(column.value(row))));
}
