// Reading items: one model's answers, or those of two models where they differ.

const reading = { key: "", who: [], column: 0, files: [], entries: [], shown: [], verdict: "", words: "" };

function renderReader(now, before) {
  const [what, ...rest] = state.open.split(".");
  const wanted = what === "items" || what === "differ";
  if (!wanted) {
    showDialog(byId("reader"), false);
    return;
  }
  const count = what === "items" ? 1 : 2;
  const key = [what, ...rest.slice(0, count + 1), language].join(".");
  if (key !== reading.key) openReader(what, key, rest.slice(0, count).map((id) => modelOf.get(id)), columnOf.get(rest[count]));
  else if (reading.entries.length) showItem();
  showDialog(byId("reader"), true);
}

async function openReader(what, key, who, column) {
  Object.assign(reading, { key, who, column, files: [], entries: [], shown: [], verdict: "", words: "" });
  const entry = board.columns[column];
  const title = who.map((index) => nameParts(index)[1]).join(` ${say("against")} `);
  const top = dialogTop("reader-heading", told(entry.title), name(title));
  // The heading stays while the rest is replaced: it may have the focus.
  const body = el("div", { class: "reader-parts" }, el("p", { class: "reader-item", role: "status" }, say("loading")));
  put(byId("reader-body"), top, body);
  try {
    reading.files = await Promise.all(who.map((index) => loadItems(index, column)));
  } catch (error) {
    if (reading.key === key) put(body, el("p", { class: "reader-item", role: "alert" }, say("items.absent", { file: error.message })));
    reading.key = reading.key === key ? "" : reading.key;
    return;
  }
  if (reading.key !== key) return;
  reading.entries = what === "items" ? reading.files[0].hash.map((_, place) => [place]) : differing(reading.files);
  put(body, readerList(what), el("div", { class: "reader-item", id: "reader-item", tabindex: "0", role: "region", "aria-label": say("item") }));
  filterItems();
  showItem();
}

function differing([one, other]) {
  return joinItems(one.hash, other.hash).filter(([a, b]) => one.score[a] !== null && other.score[b] !== null && one.score[a] !== other.score[b]);
}

/** The kinds by which the list can be narrowed. */
function verdictChoices(what) {
  if (what === "differ") return [["first", say("differ.first", { model: nameParts(reading.who[0])[1] })], ["second", say("differ.first", { model: nameParts(reading.who[1])[1] })]];
  const file = reading.files[0];
  const found = new Set(file.hash.map((_, place) => verdictOf(file, place)));
  const choices = VERDICTS.filter((verdict) => found.has(verdict)).map((verdict) => [verdict, say(`verdict.${verdict}`)]);
  return file.finish.includes("length") ? [...choices, ["length", say("truncated")]] : choices;
}

function readerList(what) {
  const select = el("select", { "aria-label": say("items.filter") }, el("option", { value: "" }, say("items.all")), verdictChoices(what).map(([value, text]) => el("option", { value }, text)));
  const search = el("input", { type: "search", placeholder: say("items.search"), "aria-label": say("items.search") });
  select.addEventListener("change", () => {
    reading.verdict = select.value;
    filterItems();
  });
  search.addEventListener("input", () => {
    reading.words = search.value;
    filterItems();
  });
  const list = el("div", { class: "reader-items", id: "reader-items", role: "group", "aria-label": say("items") });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const buttons = [...list.children];
    const next = buttons[buttons.indexOf(document.activeElement) + step];
    if (next) next.focus();
  });
  return el("div", { class: "reader-list" }, el("div", { class: "reader-filter" }, select, search), list);
}

function entryPasses(entry) {
  const [file] = reading.files;
  if (reading.verdict) {
    if (entry.length === 2) {
      const first = (file.score[entry[0]] > reading.files[1].score[entry[1]]) === isUp(board.columns[reading.column]);
      if (first !== (reading.verdict === "first")) return false;
    } else if (reading.verdict === "length" ? file.finish[entry[0]] !== "length" : verdictOf(file, entry[0]) !== reading.verdict) return false;
  }
  const words = reading.words.trim().toLowerCase();
  if (!words) return true;
  return entry.some((place, side) => ["prompt", "response", "extracted", "target"].some((field) => reading.files[side][field] && reading.files[side][field][place].toLowerCase().includes(words)));
}

function filterItems() {
  reading.shown = reading.entries.map((_, order) => order).filter((order) => entryPasses(reading.entries[order]));
  const [file] = reading.files;
  put(byId("reader-items"), ...reading.shown.slice(0, 5000).map((order) => {
    const entry = reading.entries[order];
    const marks = entry.map((place, side) => verdictMark(verdictOf(reading.files[side], place))).join("");
    return button({ "data-order": order }, () => goItem(order), el("span", { class: "num muted" }, file.doc[entry[0]] + 1), el("span", { "aria-hidden": "true" }, marks),
      el("span", {}, file.withheld ? file.hash[entry[0]] : lastLine(file.prompt[entry[0]])));
  }), ...(reading.shown.length ? [] : [el("p", { class: "empty" }, say("items.nothing"))]));
  markCurrent();
}

/** What tells a prompt from its neighbours: few-shot examples come first, so the end is looked at. */
function lastLine(text) {
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => line.length > 8);
  return (lines[lines.length - 1] || text).slice(0, 90);
}

function currentOrder() {
  const parts = state.open.split(".");
  const asked = parts.length > reading.who.length + 2 ? Number(parts[parts.length - 1]) : 0;
  return Math.min(asked, reading.entries.length - 1);
}

function goItem(order) {
  const parts = state.open.split(".").slice(0, reading.who.length + 2);
  go({ open: [...parts, order].join(".") }, true);
}

function markCurrent() {
  byId("reader-items").querySelectorAll("button").forEach((node) => {
    const on = Number(node.dataset.order) === currentOrder();
    node.setAttribute("aria-current", String(on));
    if (on) node.scrollIntoView({ block: "nearest" });
  });
}

function showItem() {
  const order = currentOrder();
  const view = byId("reader-item");
  if (order < 0) {
    put(view, el("p", { class: "empty" }, say("items.nothing")));
    return;
  }
  const entry = reading.entries[order];
  const [file] = reading.files;
  const here = reading.shown.indexOf(order);
  const step = (by) => button({ class: "button", disabled: reading.shown[here + by] === undefined, "aria-label": say(by < 0 ? "previous" : "next"), id: by < 0 ? "item-previous" : "item-next" }, () => {
    goItem(reading.shown[here + by]);
    const again = byId(by < 0 ? "item-previous" : "item-next");
    (again && !again.disabled ? again : view).focus();
  }, by < 0 ? "←" : "→");
  view.scrollTop = 0;
  put(view,
    el("div", { class: "reader-nav" }, step(-1), step(1), el("span", { class: "num" }, say("item.of", { n: here + 1, all: reading.shown.length })), el("span", { class: "digest" }, file.hash[entry[0]])),
    file.withheld ? el("p", { class: "muted" }, say("items.withheld")) : null,
    textBlock("h3", file, "prompt", entry[0]),
    textBlock("h3", file, "target", entry[0], "short"),
    el("div", { class: "answers" }, entry.map((place, side) => answer(reading.files[side], place, reading.who[side]))));
  markCurrent();
}

function answer(file, place, index) {
  const verdict = verdictOf(file, place);
  const score = file.score[place];
  return el("section", {},
    el("div", { class: "block" }, el("h3", {}, name(nameParts(index)[1])),
      el("p", { class: `verdict-tag ${verdict}` }, el("span", { "aria-hidden": "true" }, verdictMark(verdict)), " ", say(`verdict.${verdict}`), verdict === "partly" ? el("span", { class: "num" }, ` ${Number(score.toPrecision(4))}`) : null),
      file.finish[place] === "length" ? el("p", { class: "warn" }, say("truncated")) : null),
    textBlock("h4", file, "extracted", place, "short"),
    textBlock("h4", file, "response", place),
    textBlock("h4", file, "reasoning", place, "folded"));
}

function textBlock(heading, file, field, place, kind) {
  if (file.withheld || !file[field][place]) return null;
  const cut = file.cut[field].find(([where]) => where === place);
  const text = el("pre", { class: kind === "short" ? "short" : null, tabindex: kind === "short" ? null : "0" }, file[field][place]);
  const note = cut ? el("p", { class: "muted" }, say("cut", { n: cut[1].toLocaleString("en") })) : null;
  if (kind === "folded") return el("details", { class: "block" }, el("summary", {}, say(`field.${field}`)), text, note);
  return el("div", { class: "block" }, el(heading, {}, say(`field.${field}`)), text, note);
}
