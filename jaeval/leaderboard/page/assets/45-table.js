// The table: Tabulator lays out and sorts, the cells are drawn here.

let table = null;
let tableShape = "";
// Tabulator builds a moment after it is made, and until then cannot be told anything.
let tableBuilt = false;

function isNarrow() {
  return window.matchMedia("(max-width: 640px)").matches;
}

function renderTable(now, before, force) {
  if (state.v !== "table") return;
  if (!force && !changed(before, "v", "q", "sort", "cols", "size", "lic", "kind", "scale", "lang")) return;
  const shape = JSON.stringify([language, state.scale, shownColumns(), isNarrow()]);
  if (shape !== tableShape) buildTable(shape);
  else if (tableBuilt) arrangeTable(changed(before, "q", "size", "lic", "kind"));
  describeTable();
}

/** Give the table the order and the rows that the state asks for; a filter tells of the order that it finds. */
function arrangeTable(filtered) {
  const [key, direction] = sortOrder();
  const sorter = table.getSorters()[0];
  if (!sorter || sorter.field !== key || sorter.dir !== direction) table.setSort(key, direction);
  if (filtered) {
    table.setFilter((row) => passes(row.i));
    fitTable();
  }
}

function rowHeight() {
  return isNarrow() ? 64 : 58;
}

/** As high as its rows, but no higher than the window: then the heads stay in sight and only rows in sight are drawn. */
function tableHeight() {
  const heads = document.querySelector("#table .tabulator-header");
  const bar = 18; // for a scroll bar below the rows
  const rows = Math.max(3, shownModels().length) * rowHeight() + bar + (heads ? heads.offsetHeight : 90);
  return Math.min(rows, Math.max(320, window.innerHeight - (isNarrow() ? 120 : 84)));
}

function fitTable() {
  if (!tableBuilt || state.v !== "table") return;
  const wanted = `${Math.round(tableHeight())}px`;
  if (table.element.style.height !== wanted) table.setHeight(wanted);
}

function describeTable() {
  const shown = shownModels().length;
  const text = shown === everyModel.length ? say("count.all", { n: shown }) : say("count.some", { n: shown, all: everyModel.length });
  byId("count").textContent = text;
  const [key, direction] = sortOrder();
  const title = key === "place" ? say("rank") : key === "model" ? say("model") : seriesTitle(key);
  announce(`${text} ${say(direction === "asc" ? "sorted.up" : "sorted.down", { by: title })}`);
}

function buildTable(shape) {
  tableShape = shape;
  if (table) table.destroy();
  tableBuilt = false;
  const host = byId("table");
  const asked = filtersAsked();
  const [key, direction] = sortOrder();
  const columns = tableColumns(host.clientWidth || 1000);
  table = new Tabulator(host, {
    data: everyModel.map((index) => ({ i: index })),
    index: "i",
    columns,
    layout: "fitData",
    height: tableHeight(),
    rowHeight: rowHeight(),
    renderHorizontal: columns.length > 40 ? "virtual" : "basic",
    initialSort: [{ column: columns.some((column) => column.field === key) ? key : "model", dir: direction }],
    initialFilter: (row) => passes(row.i),
    columnHeaderSortMulti: false,
    placeholder: () => el("p", {}, say("table.none")),
    rowFormatter: (row) => {
      row.getElement().dataset.i = row.getData().i;
      row.getElement().classList.toggle("is-picked", picked.includes(row.getData().i));
    },
  });
  const own = table;
  table.on("tableBuilt", () => {
    if (own !== table) return;
    tableBuilt = true;
    describeGrid();
    arrangeTable(asked !== filtersAsked());
  });
  table.on("dataSorted", (sorters) => {
    if (!tableBuilt || !sorters.length) return;
    const wanted = sorters[0].field === "place" && sorters[0].dir === "asc" ? "" : `${sorters[0].dir === "desc" ? "-" : ""}${sorters[0].field}`;
    if (wanted !== state.sort) go({ sort: wanted }, true);
  });
}

function filtersAsked() {
  return JSON.stringify([state.q, state.size, state.lic, state.kind]);
}

/** Roles that Tabulator leaves out. */
function describeGrid() {
  fitTable();
  const host = byId("table");
  host.setAttribute("aria-label", told(board.title));
  host.setAttribute("aria-rowcount", String(shownModels().length + 1));
  host.removeAttribute("aria-owns");
  const holder = host.querySelector(".tabulator-tableholder");
  // The cells take the focus; the box that scrolls them need not.
  if (holder) holder.removeAttribute("tabindex");
  startGridKeys(host);
}

function tableColumns(room) {
  const narrow = isNarrow();
  const keys = shownColumns();
  const widths = { pick: 44, place: 78, model: narrow ? 168 : 236, domain: narrow ? 96 : 112, task: narrow ? 100 : 114 };
  const fixed = (narrow ? 0 : widths.pick + widths.place) + widths.model + keys.filter((key) => key !== "overall").length * widths.task;
  const overall = narrow ? 176 : Math.min(440, Math.max(320, room - fixed));
  const columns = [];
  if (!narrow) {
    columns.push(column("pick", widths.pick, say("compare.pick"), { frozen: true, headerSort: false, formatter: pickCell, titleFormatter: () => el("span", { class: "head" }, el("span", { class: "unseen" }, say("compare.pick"))) }));
    columns.push(column("place", widths.place, say("rank"), { frozen: true, formatter: placeCell, titleFormatter: () => head(say("rank"), "", "") }));
  }
  columns.push(column("model", widths.model, say("model"), { frozen: true, formatter: modelCell, titleFormatter: () => head(say("model"), "", "") }));
  for (const key of keys) {
    const numbers = series.get(key);
    const lifted = usesChance() && liftable(key);
    const first = isUp(numbers) ? "desc" : "asc";
    if (key === "overall") {
      const axis = withTicks(axisOf(numbers, everyModel, lifted), narrow ? 2 : 5);
      columns.push(column(key, overall, seriesTitle(key), { headerSortStartingDir: first, formatter: (cell) => overallCell(cell, axis, lifted), titleFormatter: () => overallHead(axis) }));
    } else {
      const axis = numbers.scale === 100 && !lifted ? { low: 0, high: 100 } : axisOf(numbers, everyModel, lifted);
      const isTask = columnOf.has(key);
      columns.push(column(key, isTask ? widths.task : widths.domain, seriesTitle(key), {
        headerSortStartingDir: first,
        formatter: (cell) => scoreCell(cell, key, axis, lifted),
        titleFormatter: () => head(seriesTitle(key), isTask && numbers.domain ? domainTitle(numbers.domain) : say(isTask ? "task" : "domain"), "right"),
      }));
    }
  }
  // On a phone the place stands below the name; its column stays for sorting.
  if (narrow) columns.push(column("place", widths.place, say("rank"), { visible: false }));
  return columns;
}

function column(field, width, title, more) {
  return {
    field, width, title, resizable: false,
    sorter: (a, b, one, other, which, direction) => {
      // Tabulator turns the result round for "desc"; what is missing must stay last all the same.
      const order = compareModels(field, direction, one.getData().i, other.getData().i);
      return direction === "asc" ? order : -order;
    },
    ...more,
  };
}
