// A table with a row a variant, sorted by any column's head; what is best in a column stands out.

function compared(one, other) {
  return typeof one === "string" ? one.localeCompare(other) : one - other;
}

// What is not known comes last either way.
function sortedBy(column, rows, up) {
  return [...rows].sort((a, b) => {
    const one = column.value(a), other = column.value(b);
    if (nothing(one) || nothing(other)) return nothing(one) - nothing(other);
    return up ? compared(one, other) : compared(other, one);
  });
}

// By column, where some are better than others.
function bestOf(columns, rows) {
  const some = columns.filter((column) => column.best).map((column) => [column, known(rows.map(column.value))]);
  return new Map(some.filter(([, values]) => least(values) < most(values)).map(([column, values]) => [column, most(values)]));
}

// `sorting` remembers by which head, and survives that columns come and go.
function sortableTable(caption, rows, columns, sorting) {
  const name = { head: "variant", unit: "", left: true, value: (row) => row.variant }, all = [name, ...columns];
  const body = element("tbody", {}), best = bestOf(columns, rows);
  const cell = (column, row) => element("td",
    { class: column.left ? "left" : column.value(row) === best.get(column) ? "best" : null }, column.cell(row));
  const line = (row) => element("tr", {},
    nameHead(row),
    ...columns.map((column) => cell(column, row)));
  const heads = all.map((column) =>
    columnHead(element("button", { type: "button", onclick: () => sort(column) }, column.head), column.unit, column.left));
  const fill = () => {
    const by = all.find((column) => column.head === sorting.head);
    body.replaceChildren(...(by ? sortedBy(by, rows, sorting.up) : rows).map(line));
    heads.forEach((head, i) => {
      if (all[i] === by) head.setAttribute("aria-sort", sorting.up ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    });
  };
  const sort = (column) => {
    sorting.up = sorting.head === column.head ? !sorting.up : Boolean(column.left);
    sorting.head = column.head;
    fill();
  };
  fill();
  return scrolling(caption, element("table", {}, element("thead", {}, element("tr", {}, ...heads)), body));
}
