// What the variants' resolved manifests differ in, each as a whole, and the versions that ran.

function differingKeys(variants) {
  const keys = new Set(variants.flatMap((variant) => Object.keys(variant.manifest.keys)));
  const differs = (key) => new Set(variants.map((variant) => variant.manifest.keys[key])).size > 1;
  return [...keys].filter((key) => key !== "name" && key !== "seed" && differs(key));
}

function manifestsContent(variants) {
  const there = variants.filter((variant) => variant.manifest), keys = differingKeys(there);
  const texts = there.map(({ name, manifest }) => element("details", {}, element("summary", {}, name),
    element("pre", { tabindex: "0", role: "region", "aria-label": `Manifest of ${name}` }, manifest.text)));
  if (there.length < 2 || !keys.length) return texts;
  const heads = there.map((variant) => element("th", { scope: "col", class: "left", title: variant.name }, cut(variant.name, 28)));
  const line = (key) => element("tr", {}, element("th", { scope: "row", title: key }, key),
    ...there.map((variant) => element("td", { class: "left" }, variant.manifest.keys[key] ?? "—")));
  const table = element("table", {}, element("thead", {}, element("tr", {}, columnHead("key", "", true), ...heads)),
    element("tbody", {}, ...keys.map(line)));
  return [scrolling("Keys that differ", table), ...texts];
}

function versionsText(versions) {
  const plugins = Object.entries(versions.plugins || {}).map(([id, version]) => `${id} ${version}`);
  return [versions.graft ? `graft ${versions.graft}` : null, versions.libtorch ? `LibTorch ${versions.libtorch}` : null,
    plugins.length ? `plugins: ${plugins.join(", ")}` : null].filter(Boolean).join("; ");
}
