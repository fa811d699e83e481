// What the pictures in SVG share: an axis, marks that pointer and arrow keys find, and the tip beside them.

const LEFT = 52, BOTTOM = 42;

const words = (x, y, text, attributes) => drawn("text", { x, y, ...attributes }, text);
// Text as wide as it is drawn, cut where there is less room.
function fitted(text, room) {
  const ruler = fitted.ruler ||= document.createElement("canvas").getContext("2d");
  ruler.font = `12px ${getComputedStyle(document.body).fontFamily}`;
  let length = text.length;
  while (length > 1 && ruler.measureText(cut(text, length)).width > room) --length;
  const shown = cut(text, length);
  return { shown, width: ruler.measureText(shown).width };
}

const middled = { "text-anchor": "middle" }, ended = { "text-anchor": "end" };

function axisDown(low, high, y, name, right) {
  const middle = (y(low) + y(high)) / 2;
  const lines = ticks(low, high, 5).flatMap(({ at, text }) => [
    drawn("path", { class: "axis", d: `M${LEFT} ${y(at)}H${right}` }), words(LEFT - 8, y(at) + 4, text, ended)]);
  return [...lines, words(12, middle, name, { ...middled, transform: `rotate(-90 12 ${middle})` })];
}

function axisAcross(low, high, x, name, top, bottom, signed) {
  const count = Math.max(2, Math.round((x(high) - x(low)) / 80));
  const line = (at) => drawn("path", { class: at === 0 ? "zero" : "axis", d: `M${x(at)} ${top}V${bottom}` });
  const lines = ticks(low, high, count, signed).flatMap(({ at, text }) => [line(at), words(x(at), bottom + 16, text, middled)]);
  return [...lines, words((x(low) + x(high)) / 2, bottom + 36, name, middled)];
}

function nearestMark(rows, x, y) {
  const away = (mark) => (mark.x - x) ** 2 + (mark.y - y) ** 2;
  return rows.flat().reduce((best, mark) => !best || away(mark) < away(best) ? mark : best, null);
}

// From one mark to the next by arrow keys: along its row, or to the nearest one in the row above or below.
function markBeside(rows, mark, key) {
  const row = Math.max(0, rows.findIndex((one) => one.includes(mark))), at = rows[row].indexOf(mark), last = rows[row].length - 1;
  const across = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[key];
  if (across !== undefined) return rows[row][Math.max(0, Math.min(last, across))];
  const down = { ArrowUp: row - 1, ArrowDown: row + 1 }[key];
  return down === undefined ? null : rows[down] ? nearestMark([rows[down]], mark.x, rows[down][0].y) : mark;
}

// A picture with one stop of the tab key: a ring around the mark ({x, y, r, tip}) that it is at. `behind` lies under the drawing.
function markedPicture(width, height, label, rows, parts, behind) {
  const tip = element("div", { class: "tip", hidden: true, role: "status" });
  const ring = drawn("circle", { class: "ring", role: "img", tabindex: 0, "data-key": "ring", "aria-label": "by arrow keys" });
  const svg = drawn("svg", { width, height, role: "group", "aria-label": label }, ...parts, ring);
  const place = element("div", { class: "plot" }, behind, svg, tip);
  let at = null;
  const hide = () => { tip.hidden = true; ring.classList.remove("on"); };
  const show = (mark) => {
    at = mark;
    const now = { cx: mark.x, cy: mark.y, r: mark.r + 3, "aria-label": mark.tip };
    for (const [key, value] of Object.entries(now)) ring.setAttribute(key, value);
    ring.classList.add("on");
    tip.textContent = mark.tip;
    tip.hidden = false;
    tip.style.left = `${Math.max(0, Math.min(mark.x - tip.offsetWidth / 2, width - tip.offsetWidth))}px`;
    const above = mark.y - mark.r - tip.offsetHeight - 6;
    tip.style.top = `${above < 0 ? mark.y + mark.r + 6 : above}px`;
  };
  const point = (event) => {
    const box = svg.getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
    const mark = nearestMark(rows, x, y);
    if (mark && Math.hypot(mark.x - x, mark.y - y) < mark.r + 10) show(mark);
    else hide();
  };
  const press = (event) => {
    const next = event.key === "Escape" ? null : markBeside(rows, at, event.key);
    if (event.key === "Escape") hide();
    if (!next) return;
    event.preventDefault();
    show(next);
  };
  svg.addEventListener("pointermove", point);
  svg.addEventListener("pointerdown", point);
  svg.addEventListener("pointerleave", hide);
  ring.addEventListener("keydown", press);
  ring.addEventListener("focus", () => show(at || rows[0][0]));
  ring.addEventListener("blur", hide);
  return place;
}
