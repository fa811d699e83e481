// Elements of HTML and of SVG in a line each, and the variants' colours.

// element("td", { class: "left", onclick: f }, "text", otherElement); what is null among children or attributes is left out
function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== false && !nothing(value)) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => !nothing(child)));
  return made;
}

function drawn(name, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
  made.append(...children.filter((child) => !nothing(child)));
  return made;
}

const palette = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const colour = (index) => palette(`--c${index % 8}`);
const colourName = (index) => `var(--c${index % 8})`;

// Beyond eight variants the colours come again, with other dashes.
const dash = (index) => [[], [8, 4], [2, 3], [10, 3, 2, 3]][Math.floor(index / 8) % 4];

function swatch(index) {
  const line = { d: "M1 4H19", stroke: colourName(index), "stroke-width": 3.5, "stroke-dasharray": dash(index).join(" ") };
  return drawn("svg", { class: "swatch", width: 20, height: 8, "aria-hidden": "true" }, drawn("path", line));
}

const nameHead = ({ name, index }) => element("th", { scope: "row", title: name }, swatch(index), cut(name, 30));

// A region that scrolls by itself where it is wider than the page.
function scrolling(label, content) {
  return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, content);
}
const columnHead = (text, unit, left) =>
  element("th", { scope: "col", class: left ? "left" : null }, text, unit ? element("span", { class: "unit" }, unit) : null);
