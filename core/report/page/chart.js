// The curves drawn by uPlot, with a legend that also chooses them, and what keys and pointer do on them.

const WHOLE_STEPS = [1, 2, 5].flatMap((one) => [...Array(7).keys()].map((power) => one * 10 ** power)).sort((a, b) => a - b);
const isFigure = (series) => series % 3 === 1;  // the two after it are the edges of its band

function chartSeries(curves, bands) {
  const one = ({ variant, x }) => {
    const stroke = colour(variant.index), points = { show: x.length < 40, size: 5, fill: stroke };
    const edge = { stroke: "transparent", points: { show: false }, spanGaps: true, show: bands };
    return [{ stroke, width: 2, dash: dash(variant.index), spanGaps: true, points }, edge, edge];
  };
  return [{}, ...curves.flatMap(one)];
}

// A single round needs some width around it.
function wholeRange(chart) {
  const x = chart.data[0], first = x[0], last = x[x.length - 1];
  return first === last ? [first - 1, last + 1] : [first, last];
}

function chartOptions({ curves, kind, across, bands, width, hooks }) {
  const line = { stroke: palette("--line"), width: 1 }, font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const axis = { stroke: palette("--text"), grid: line, ticks: line, font, labelFont: font, labelSize: 20 };
  const steps = across === ACROSS.rounds ? { incrs: WHOLE_STEPS } : {};
  const range = (chart, low, high) => low === high ? wholeRange(chart) : [low, high];
  const fills = curves.map(({ variant }, i) => ({ series: [3 * i + 3, 3 * i + 2], fill: colour(variant.index) + "26" }));
  return {
    width, height: Math.round(Math.max(240, Math.min(400, width * 0.5))), hooks, legend: { show: false }, focus: { alpha: 0.25 },
    series: chartSeries(curves, bands), bands: bands ? fills : [], scales: { x: { time: false, range } },
    axes: [{ ...axis, ...steps, label: across.name, size: 36 }, { ...axis, label: kind.name, size: 50 }],
    cursor: { dataIdx: nearestPoint, points: { show: (chart, i) => isFigure(i) ? undefined : false },
      focus: { prox: 24, dist: (_, i, __, value, pointer) => isFigure(i) ? value - pointer : Infinity } },
  };
}

// Arrow keys move the line that the legend's numbers stand for, + and - look closer there and back.
function chartKeys(chart, event) {
  const x = chart.data[0], { min, max } = chart.scales.x, at = chart.cursor.idx ?? -1;
  const move = { ArrowLeft: at < 0 ? x.length - 1 : at - 1, ArrowRight: at + 1, Home: 0, End: x.length - 1 }[event.key];
  if (move !== undefined) {
    const value = Math.max(min, Math.min(max, x[Math.max(0, Math.min(x.length - 1, move))]));
    chart.setCursor({ left: chart.valToPos(value, "x"), top: chart.bbox.height / devicePixelRatio / 2 });
  } else if (event.key === "+" || event.key === "-") {
    const middle = at < 0 ? (min + max) / 2 : x[at], half = (max - min) * (event.key === "+" ? 0.25 : 1);
    const [first, last] = wholeRange(chart);
    chart.setScale("x", { min: Math.max(first, middle - half), max: Math.min(last, middle + half) });
  } else {
    return;
  }
  event.preventDefault();
}

// A line of the legend for each variant: whether it is drawn, and its figure where the pointer is, else the last one.
function legend(variants, hidden, redraw) {
  const lines = new Map(variants.map((variant) => {
    const toggle = () => { hidden[box.checked ? "delete" : "add"](variant.name); redraw(); };
    const shown = !hidden.has(variant.name), label = variant.name;
    const box = element("input", { type: "checkbox", checked: shown, onchange: toggle, "aria-label": label });
    const value = element("span", { class: "value" }), name = element("span", { class: "name", title: label }, cut(label, 34));
    return [label, { value, line: element("label", {}, variants.length > 1 ? box : null, swatch(variant.index), name, value) }];
  }));
  const place = element("output", { class: "place" });
  const show = (chart, curves, across) => {
    const index = chart.cursor.idx, at = nothing(index) ? null : chart.data[0][index];
    place.textContent = nothing(at) ? "latest" : `${across.name} ${Number(at.toPrecision(5))}`;
    lines.forEach(({ value }) => { value.textContent = ""; });
    curves.forEach((curve, i) => {
      const own = nothing(index) ? null : nearestPoint(chart, 3 * i + 1, index);
      const figure = nothing(index) ? curve.y[curve.y.length - 1] : nothing(own) ? null : chart.data[3 * i + 1][own];
      lines.get(curve.variant.name).value.textContent = fixed(figure, 2);
    });
  };
  const focus = (name) => lines.forEach(({ line }, one) => line.classList.toggle("pointed", one === name));
  const all = [...lines.values()].map(({ line }) => line), style = all.length > 6 ? "legend many" : "legend";
  return { whole: element("div", { class: style, role: "group", "aria-label": "Curves" }, place, ...all), show, focus };
}

function chartLabel(chart, curves, kind, across) {
  const { min, max } = chart.scales.x;
  const ends = curves.map(({ variant, y }) => `${variant.name} ends at ${fixed(y[y.length - 1], 2)}`);
  return `${kind.name}, over ${across.name} ${Number(min.toPrecision(4))} to ${Number(max.toPrecision(4))}: ${ends.join(", ")}`;
}

// Draws into `place`; `view.zoom` is the range that was chosen, and stays over redraws.
function drawChart(place, view, key, variants, width) {
  const kind = CURVES[view.kind], across = ACROSS[view.across], curves = curvesOf(variants, kind, across);
  if (!curves.length) {
    place.replaceChildren(element("p", { class: "note" }, "There is nothing to draw yet."));
    return null;
  }
  const zoomed = (chart, scale) => {
    if (scale !== "x") return;
    const { min, max } = chart.scales.x, [first, last] = wholeRange(chart);
    view.zoom = min > first || max < last ? { min, max } : null;
    chart.root.setAttribute("aria-label", chartLabel(chart, curves, kind, across));
  };
  const pointed = (_, series) => key.focus(nothing(series) ? null : curves[Math.floor((series - 1) / 3)].variant.name);
  const hooks = { setScale: [zoomed], setCursor: [(chart) => key.show(chart, curves, across)], setSeries: [pointed] };
  const zoom = view.zoom, bands = view.bands && Boolean(kind.low);
  place.replaceChildren();
  const options = chartOptions({ curves, kind, across, bands, width, hooks });
  place.style.minHeight = `${options.height}px`;  // uPlot takes its room later, and the page would scroll by it
  const chart = new uPlot(options, chartData(curves), place);
  chart.root.setAttribute("role", "group");
  chart.root.setAttribute("tabindex", "0");
  chart.root.dataset.key = "chart";
  chart.root.addEventListener("keydown", (event) => chartKeys(chart, event));
  if (zoom) chart.setScale("x", zoom);
  key.show(chart, curves, across);
  return chart;
}
