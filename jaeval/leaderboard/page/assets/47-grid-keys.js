// The table by keyboard: one stop for Tab, arrows from cell to cell, Enter opens, Space picks.

function startGridKeys(host) {
  const cells = (row) => [...row.getElement().querySelectorAll(".tabulator-cell")];
  const first = table.getRows("active")[0];
  if (first) reachable(cells(first)[0]);
  table.on("renderComplete", () => {
    // Sorting and scrolling make new rows: there must always be a way in.
    if (!host.querySelector(".tabulator-cell[tabindex='0']")) reachable(host.querySelector(".tabulator-row .tabulator-cell"));
  });
  if (host.dataset.keys) return;
  host.dataset.keys = "on";
  host.addEventListener("keydown", onGridKey);
  host.addEventListener("click", (event) => {
    const cell = event.target.closest(".tabulator-cell");
    if (!cell || event.target.closest("a, input, button")) return;
    openCell(cell);
  });
}

function reachable(cell) {
  if (!cell) return;
  byId("table").querySelectorAll(".tabulator-cell[tabindex='0']").forEach((other) => other.setAttribute("tabindex", "-1"));
  cell.setAttribute("tabindex", "0");
}

function onGridKey(event) {
  const cell = event.target.closest(".tabulator-cell");
  if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
  const row = cell.closest(".tabulator-row");
  const line = [...row.querySelectorAll(".tabulator-cell")];
  const at = line.indexOf(cell);
  const steps = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0], Home: [0, -at], End: [0, line.length - 1 - at], PageDown: [8, 0], PageUp: [-8, 0] };
  if (event.key in steps) {
    event.preventDefault();
    const [down, right] = steps[event.key];
    if (down) moveRow(row, down, cell.getAttribute("tabulator-field"));
    else focusCell(line[Math.min(line.length - 1, Math.max(0, at + right))]);
  } else if (event.key === "Enter") {
    event.preventDefault();
    openCell(cell);
  } else if (event.key === " ") {
    event.preventDefault();
    const box = cell.querySelector("input");
    if (box) box.click();
    else openCell(cell);
  }
}

function moveRow(element, down, field) {
  const rows = table.getRows("active");
  const now = rows.findIndex((row) => String(row.getData().i) === element.dataset.i);
  const next = rows[Math.min(rows.length - 1, Math.max(0, now + down))];
  if (!next) return;
  const find = () => focusCell(next.getElement().querySelector(`.tabulator-cell[tabulator-field="${field}"]`));
  if (next.getElement().isConnected) find();
  // The row is not drawn yet: go there first.
  else table.scrollToRow(next, down > 0 ? "bottom" : "top", true).then(find);
}

function focusCell(cell) {
  if (!cell) return;
  reachable(cell);
  cell.focus({ preventScroll: false });
}

function openCell(cell) {
  const link = cell.querySelector("a");
  const box = cell.querySelector("input");
  if (cell.dataset.tip) {
    const [model, key] = cell.dataset.tip.split(".");
    go({ open: columnOf.has(key) ? `cell.${model}.${key}` : `model.${model}` });
  } else if (link) link.click();
  else if (box) box.click();
}
