// A page that is drawn again under its reader: what they opened, scrolled and reached stays; and the data of a run that goes on.

// The same element by what it is, as the redraw makes it anew.
function nameOf(node) {
  const label = node.dataset.key || node.getAttribute("aria-label") || node.textContent;
  return [node.closest("section")?.id, node.tagName, label].join(" ");
}

function keepingPlace(main, redraw) {
  const all = (what) => [...main.querySelectorAll(what)], find = (what, name) => all(what).find((node) => nameOf(node) === name);
  const active = document.activeElement, focused = main.contains(active) && active !== main ? nameOf(active) : null;
  const open = new Set(all("details[open] > summary").map(nameOf));
  const scrolled = new Map(all(".scroll, pre").filter((node) => node.scrollLeft || node.scrollTop)
    .map((node) => [nameOf(node), [node.scrollLeft, node.scrollTop]]));
  const { scrollX, scrollY } = window;
  redraw();
  for (const summary of all("details > summary")) summary.parentElement.open = open.has(nameOf(summary));
  for (const [name, [left, top]] of scrolled) find(".scroll, pre", name)?.scrollTo(left, top);
  if (focused) find("button, select, input, summary, [tabindex]", focused)?.focus({ preventScroll: true });
  scrollTo(scrollX, scrollY);
}

// Served by graft watch, the page asks for its data again whenever it is told that there is more. The browser itself tries again
// where the connection is lost.
function follow() {
  const says = document.getElementById("live"), events = new EventSource("events");
  let told = "", asked = 0;
  events.onopen = () => { says.textContent = told; };
  events.onerror = () => { says.textContent = told ? `${told}; no longer connected` : "no longer connected"; };
  const draw = async () => {
    const mine = ++asked, answer = await fetch("data.json", { cache: "no-store" }).catch(() => null);
    const page = answer?.ok ? await answer.json() : null;
    if (mine !== asked) return;  // a later answer is on its way
    if (!page) return void setTimeout(() => { if (mine === asked) draw(); }, 1000);  // a file may have been replaced just then
    take(page);
    build();
  };
  events.onmessage = (event) => {
    told = says.textContent = event.data;
    draw();
  };
}
