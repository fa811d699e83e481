// Who has what: classes down, clients across, the stronger the more samples; on a canvas, as there may be very many cells.

// Every so manyth of a list, so that at most `count` are left.
function everySo(list, count) {
  const step = Math.max(1, Math.ceil(list.length / Math.max(1, count)));
  return { step, kept: list.map((one, i) => ({ one, i })).filter(({ i }) => i % step === 0) };
}

const nth = (step) => step + (step % 100 > 10 && step % 100 < 14 ? "th" : ["th", "st", "nd", "rd"][step % 10] || "th");
const shownOf = ({ step }, all, word) => step > 1 ? `every ${nth(step)} of ${all.length} ${word}` : null;

const channels = (name) => palette(name).match(/[\da-f]{2}/gi).map((two) => parseInt(two, 16));

// Even the weakest cell stands out from the ground.
function heat(share) {
  const weak = channels("--heat-weak"), strong = channels("--heat-strong");
  return `rgb(${weak.map((one, i) => Math.round(one + (strong[i] - one) * Math.sqrt(share))).join(",")})`;
}

function splitCanvas(cells, width, height) {
  const canvas = element("canvas", { width: 2 * width, height: 2 * height, style: `width:${width}px;height:${height}px` });
  const brush = canvas.getContext("2d");
  brush.scale(2, 2);
  for (const { left, top, wide, tall, share } of cells) {
    brush.fillStyle = heat(share);
    brush.fillRect(left, top, wide - (wide > 4 ? 1 : 0), tall - (tall > 4 ? 1 : 0));
  }
  return canvas;
}

function splitPicture(split, full) {
  const width = Math.min(720, full), names = 12 + most(["class", ...split.classes].map((name) => fitted(name, 110).width));
  const clients = everySo(split.clients, Math.floor((width - names - 20) / 3)), classes = everySo(split.classes, 120);
  const wide = Math.max(3, Math.min(22, Math.floor((width - names - 20) / clients.kept.length)));
  const tall = Math.max(3, Math.min(22, Math.floor(420 / classes.kept.length)));
  const right = names + wide * clients.kept.length, bottom = tall * classes.kept.length;
  const highest = Math.max(1, most(split.clients.map((client) => most(client.counts))));
  const cell = (name, row, client, column) => {
    const left = names + column * wide, top = row * tall, count = client.counts[name.i], r = Math.min(wide, tall) / 2;
    const tip = `client ${client.id}, ${name.one}: ${count} ${count === 1 ? "sample" : "samples"}`;
    return { left, top, wide, tall, share: count / highest, x: left + wide / 2, y: top + tall / 2, r, tip };
  };
  const cells = classes.kept.map((name, row) => clients.kept.map(({ one }, column) => cell(name, row, one, column)));
  const rows = cells.map((row) => row.filter((one) => one.share > 0)).filter((row) => row.length);
  if (!rows.length) return [];
  const apart = Math.ceil(15 / tall), between = Math.ceil(34 / wide);
  const classNames = everySo(classes.kept, classes.kept.length / apart).kept
    .map(({ one, i }) => words(names - 8, (i + 0.5) * tall + 4, fitted(one.one, 110).shown, ended));
  const clientNames = everySo(clients.kept, clients.kept.length / between).kept
    .map(({ one, i }) => words(names + (i + 0.5) * wide, bottom + 16, one.one.id, middled));
  const parts = [...classNames, ...clientNames, words((names + right) / 2, bottom + 34, "client", middled),
    words(names - 8, bottom + 16, "class", { ...ended, class: "soft" })];
  const label = `Samples of ${split.classes.length} classes over ${split.clients.length} clients; the largest cell has ${highest}`;
  const said = [shownOf(clients, split.clients, "clients"), shownOf(classes, split.classes, "classes")].filter(Boolean);
  const canvas = splitCanvas(rows.flat(), right, bottom);
  return [markedPicture(Math.max(right + 20, names + 60), bottom + BOTTOM, label, rows, parts, canvas), heatKey(highest, said)];
}

// A picture for each split that there is; where there are several, with those whose it is.
function splitsContent(splits, width) {
  const titled = ({ of, split }) => {
    const title = element("h3", {}, `${of.join(", ")}; seed ${split.seed}`);
    const picture = splitPicture(split, width);
    return splits.length > 1 && picture.length ? [title, ...picture] : picture;
  };
  return splits.flatMap(titled);
}

function heatKey(highest, said) {
  const bar = element("span", { class: "heat", "aria-hidden": "true" });
  const shown = said.length ? element("span", {}, `shown: ${said.join(", ")}`) : null;
  return element("p", { class: "note key" }, "1 sample", bar, `${highest} samples`, shown);
}
