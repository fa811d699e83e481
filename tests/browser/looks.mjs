// What is to be seen of a page: WCAG's contrast of its text and of its lines, and the size of the text in its pictures.

// In the page: luminance and contrast of colours as getComputedStyle says them.
const tools = `
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (colour) => rgb(colour).slice(0, 3).map((one) => one / 255)
    .map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
    .reduce((sum, one, i) => sum + one * [0.2126, 0.7152, 0.0722][i], 0);
  const contrast = (one, other) => {
    const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  };
  const behind = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (rgb(colour)[3] > 0) return colour;
    }
    return "white";
  };
  const lowest = (all) => all.reduce((a, b) => a.ratio < b.ratio ? a : b, { ratio: 21, of: "" });
`;
const inPage = (page, body) => page.evaluate(`(() => { ${tools} ${body} })()`);

export const lowestContrast = (page) => inPage(page, `
  const text = (node) => [...node.childNodes].filter((one) => one.nodeType === 3).map((one) => one.textContent.trim()).join("");
  const shown = [...document.querySelectorAll("body *")].filter((node) =>
    text(node) && node.getClientRects().length && !["SCRIPT", "STYLE", "NOSCRIPT", "OPTION"].includes(node.tagName));
  return lowest(shown.map((node) => {
    const style = getComputedStyle(node), colour = node.namespaceURI.endsWith("svg") ? style.fill : style.color;
    return { ratio: contrast(colour, behind(node)), of: text(node).slice(0, 40) + " (" + colour + ")" };
  }));`);

// Marks and curves in the variants' colours, cells of the split, and what controls are framed by.
export const lowestOfLines = (page) => inPage(page, `
  const root = getComputedStyle(document.documentElement), ground = root.getPropertyValue("--ground");
  const names = [...[...Array(8).keys()].map((i) => "--c" + i), "--heat-weak", "--heat-strong", "--accent"];
  const all = names.map((name) => ({ ratio: contrast(root.getPropertyValue(name), ground), of: name }));
  for (const node of document.querySelectorAll("main button, main select, .dot, .pie circle")) {
    const style = getComputedStyle(node), colour = node.namespaceURI.endsWith("svg") ? style.stroke : style.borderTopColor;
    if (node.closest("thead") || !node.getClientRects().length) continue;
    all.push({ ratio: contrast(colour, behind(node.parentElement)), of: node.tagName + " (" + colour + ")" });
  }
  return lowest(all);`);

// In pixels of the screen, as scaled as it is.
export const smallestText = (page) => inPage(page, `
  return [...document.querySelectorAll(".plot text")].map((node) => {
    const matrix = node.getScreenCTM();
    return parseFloat(getComputedStyle(node).fontSize) * Math.hypot(matrix.a, matrix.b);
  }).reduce((a, b) => Math.min(a, b), 99);`);
