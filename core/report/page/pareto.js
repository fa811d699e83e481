// Accuracy against what a run sends: which variants none of the others beats in both.

// Not beaten by any other in both: more accurate, and nothing more sent.
function front(points) {
  const beats = (other, one) => other.x <= one.x && other.y >= one.y && (other.x < one.x || other.y > one.y);
  return points.filter((one) => !points.some((other) => beats(other, one))).sort((a, b) => a.x - b.x);
}

// From nothing where the points reach far down, else what is around them.
function rangeAround(values) {
  const low = least(values), high = most(values);
  if (low === 0 && high === 0) return [0, 1];
  const pad = (high - low || Math.abs(high) * 0.2 || 1) * 0.12;
  return [low < high / 4 ? Math.min(0, low) : low - pad, high + pad];
}

const overlaps = (a, b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

// The first place beside its mark where a name covers nothing; null where there is none.
function placeFor(mark, long, taken, width, height) {
  for (const down of [0, -15, 15, -30, 30, -45, 45, -60, 60]) {
    for (const right of [true, false]) {
      const box = { x: right ? mark.x + 12 : mark.x - 12 - long, y: mark.y + down - 7, width: long, height: 14 };
      const inside = box.x > LEFT && box.x + long < width && box.y > 0 && box.y + 14 < height - BOTTOM;
      if (inside && !taken.some((one) => overlaps(one, box))) return { box, right, down };
    }
  }
  return null;
}

function nameBeside(mark, taken, width, height) {
  const name = fitted(mark.variant.name, width * 0.3), found = placeFor(mark, name.width, taken, width, height);
  if (!found) return [];
  const { box, right, down } = found, edge = right ? box.x : box.x + box.width;
  taken.push(box);
  const line = drawn("path", { class: "axis", d: `M${mark.x} ${mark.y}L${edge + (right ? -2 : 2)} ${mark.y + down}` });
  const text = words(edge, mark.y + down + 4, name.shown, { class: "name", "text-anchor": right ? "start" : "end" });
  return down ? [line, text] : [text];
}

function paretoPlot(variants, at, full) {
  const points = variants.map((variant) => ({ variant, x: variant.row.total_bytes, y: variant.row[`${at}accuracy`] }))
    .filter((point) => !nothing(point.x) && !nothing(point.y));
  if (points.length < 2) return null;
  const width = Math.min(720, full), height = points.length > 8 ? 440 : 340, best = front(points);
  const { size, unit, digits } = unitFor("bytes", points.map((point) => point.x));
  const left = 0, right = 1.06 * (most(points.map((point) => point.x / size)) || 1);  // from nothing: a little more is little
  const [low, high] = rangeAround(points.map((point) => point.y));
  const x = (value) => LEFT + 10 + (value - left) / (right - left) * (width - LEFT - 26);
  const y = (value) => 10 + (high - value) / (high - low) * (height - BOTTOM - 14);
  const marks = points.map((point) => {
    const { variant } = point, on = best.includes(point), beside = on ? ", on the Pareto front" : "";
    const tip = `${variant.name}: ${fixed(point.y, 2)} %, ${fixed(point.x / size, digits)} ${unit}${beside}`;
    return { variant, on, x: x(point.x / size), y: y(point.y), r: on ? 8 : 6, tip };
  });
  const steps = best.map((point, i) => i ? `H${x(point.x / size)}V${y(point.y)}` : `M${x(point.x / size)} ${y(point.y)}`).join("");
  const dots = marks.map((mark) => drawn("circle", { cx: mark.x, cy: mark.y, r: mark.r, "stroke-width": 2.5,
    fill: mark.on ? colourName(mark.variant.index) : "var(--ground)", stroke: colourName(mark.variant.index) }));
  const taken = marks.map((mark) => ({ x: mark.x - 9, y: mark.y - 9, width: 18, height: 18 }));
  const names = marks.flatMap((mark) => nameBeside(mark, taken, width, height));
  const parts = [...axisDown(low, high, y, "accuracy, %", width),
    ...axisAcross(left, right, x, `sent in the whole run, ${unit}`, 10, height - BOTTOM),
    drawn("path", { class: "front", d: steps }), ...names, ...dots];
  const label = "Accuracy against what the run sends; on the Pareto front: " + best.map((point) => point.variant.name).join(", ");
  return markedPicture(width, height, label, [marks.sort((a, b) => a.x - b.x)], parts);
}
