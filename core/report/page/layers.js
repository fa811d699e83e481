// Which kinds of layers gain when each client keeps its own: a row a variant, what it keeps personal, and what that is worth.

const LAYERS = ["patch_embed", "cls_token", "pos_embed", "norm", "attn", "mlp", "head", "module"];

// A pie of the share that stays with its client.
function pie(share) {
  const angle = 2 * Math.PI * Math.min(share, 0.9999), edge = `${8 + 6 * Math.sin(angle)} ${8 - 6 * Math.cos(angle)}`;
  const piece = drawn("path", { d: `M8 8V2A6 6 0 ${share > 0.5 ? 1 : 0} 1 ${edge}Z`, fill: "var(--accent)" });
  return drawn("svg", { class: "pie", width: 16, height: 16, "aria-hidden": "true" },
    drawn("circle", { cx: 8, cy: 8, r: 6, fill: "none", stroke: "var(--soft)" }), share > 0 ? piece : null);
}

function shareCell(share, role) {
  if (nothing(share)) return element("td", { class: "middle" });
  const says = share > 0 && share < 0.01 ? "less than 1 %" : `${fixed(100 * share, 0)} %`;
  const title = `${says} of ${role} stays with its client`;
  return element("td", { class: "middle", title }, pie(share), element("span", { class: "unseen" }, says));
}

// A bar from zero to the difference, with a whisker where its interval is known.
function differenceBar({ difference, low, high }, range, index) {
  const wide = 150, x = (value) => 4 + (value - range[0]) / (range[1] - range[0] || 1) * (wide - 8);
  const from = Math.min(x(0), x(difference)), parts = [drawn("path", { class: "zero", d: `M${x(0)} 0v20` })];
  parts.push(drawn("rect", { x: from, y: 5, width: Math.abs(x(difference) - x(0)), height: 10, fill: colourName(index) }));
  if (!nothing(low)) parts.push(drawn("path", { class: "whisker", d: `M${x(low)} 10H${x(high)}M${x(low)} 6v8M${x(high)} 6v8` }));
  return drawn("svg", { class: "bar", width: wide, height: 20, "aria-hidden": "true" }, ...parts);
}

// The paired difference where there is one, else that of the means, without an interval.
function differenceTo(baseline, variant, at) {
  const of = ({ row }, figure) => row[at + figure], own = of(variant, "accuracy"), theirs = of(baseline, "accuracy");
  if (variant === baseline || nothing(theirs)) return { difference: null };
  if (nothing(of(variant, "difference"))) return { difference: own - theirs };
  return { difference: of(variant, "difference"), low: of(variant, "low"), high: of(variant, "high") };
}

// What a kind is worth by itself, from the variants that keep only that one.
function aloneText(rows, baseline) {
  const gains = new Map();
  for (const { variant, difference } of rows) {
    const kept = Object.keys(variant.personal).filter((role) => variant.personal[role] > 0);
    if (kept.length === 1 && !nothing(difference)) gains.set(kept[0], [...(gains.get(kept[0]) || []), difference]);
  }
  const points = (values) => [...new Set([least(values), most(values)])].map((value) => fixed(value, 2, true)).join(" to ");
  const said = [...gains].sort(([, a], [, b]) => most(b) - most(a)).map(([role, values]) => `${role} ${points(values)}`);
  return said.length ? element("p", {}, `Personal by itself, in points to ${baseline.name}: ${said.join("; ")}.`) : null;
}

function layersContent(variants, baseline, at) {
  const scored = variants.filter((variant) => variant.personal && !nothing(variant.row[`${at}accuracy`]));
  if (scored.length < 2 || !scored.some((variant) => Object.values(variant.personal).some((share) => share > 0))) return [];
  const others = new Set(scored.flatMap((variant) => Object.keys(variant.personal)));
  const roles = [...LAYERS.filter((role) => others.delete(role)), ...others];
  const rows = scored.map((variant) => ({ variant, ...differenceTo(baseline, variant, at) }))
    .sort((a, b) => b.variant.row[`${at}accuracy`] - a.variant.row[`${at}accuracy`]);
  const ends = known(rows.flatMap((row) => [row.difference, row.low, row.high]));
  const range = [Math.min(0, least(ends)), Math.max(0, most(ends))];
  const shares = (variant) => roles.map((role) => shareCell(variant.personal[role], role));
  const line = ({ variant, ...gain }) => element("tr", {}, nameHead(variant), ...shares(variant),
    element("td", {}, fixed(variant.row[`${at}accuracy`], 2)),
    element("td", {}, variant === baseline ? "baseline" : fixed(gain.difference, 2, true)),
    element("td", { class: "left" }, nothing(gain.difference) ? null : differenceBar(gain, range, variant.index)));
  const heads = [columnHead("variant", "", true), ...roles.map((role) => element("th", { scope: "col", class: "middle" }, role)),
    columnHead("accuracy", "%"), columnHead("difference", "points"),
    columnHead(`to ${cut(baseline.name, 24)}`, "with its 95 % interval", true)];
  const table = element("table", {}, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...rows.map(line)));
  return [aloneText(rows, baseline), scrolling("Layers that stay with their client", table)];
}
