// Two models side by side: on the items that both were asked where item files are there, else by their intervals.

let picked = [];
let comparison = 0;

function togglePick(index) {
  picked = picked.includes(index) ? picked.filter((other) => other !== index) : [...picked.slice(-1), index];
  renderTray();
  table.getRows("visible").forEach((row) => {
    const on = picked.includes(row.getData().i);
    row.getElement().classList.toggle("is-picked", on);
    const box = row.getElement().querySelector(".pick");
    if (box) box.checked = on;
  });
}

function renderTray() {
  const tray = byId("tray");
  tray.hidden = !picked.length;
  if (!picked.length) return;
  put(tray,
    el("span", {}, picked.map((index, order) => [order ? ` ${say("against")} ` : "", name(nameParts(index)[1])])),
    picked.length === 2 ? button({ class: "button main" }, () => go({ v: "compare", a: models.id[picked[0]], b: models.id[picked[1]] }), say("compare.these"))
      : el("span", { class: "muted" }, say("compare.second")),
    button({ class: "text-button" }, () => {
      picked.slice().forEach(togglePick);
      byId("search").focus();
    }, say("clear")));
}

/** Whom to set beside a model: the best other one. */
function rivalOf(index) {
  const rival = bestFirst(board.overall).concat(everyModel).find((other) => other !== index);
  return rival === undefined ? "" : models.id[rival];
}

function renderCompare(now, before, force) {
  if (state.v !== "compare") return;
  if (!force && !changed(before, "v", "a", "b", "lang")) return;
  comparison += 1;
  const order = bestFirst(board.overall);
  const first = state.a ? modelOf.get(state.a) : order[0];
  const rest = order.concat(everyModel).filter((index) => index !== first);
  const second = state.b && modelOf.get(state.b) !== first ? modelOf.get(state.b) : rest[0];
  const host = byId("compare");
  const top = el("div", { class: "view-head" }, el("h2", { id: "compare-heading" }, say("view.compare")), el("p", {}, say("compare.note")));
  if (first === undefined || second === undefined) {
    put(host, top, el("p", { class: "empty" }, say("compare.none")));
    return;
  }
  const result = el("div", { id: "duel" });
  put(host, top, el("div", { class: "versus" }, modelChoice("a", first, second),
    button({ class: "swap", "aria-label": say("compare.swap") }, () => go({ a: models.id[second], b: models.id[first] }, true), "⇄"),
    modelChoice("b", second, first)), result);
  const lines = board.columns.map((entry, place) => unpairedLine(entry, place, first, second));
  put(result, ...duel(lines, first, second, true));
  pairLines(lines, first, second, comparison).then((fresh) => {
    if (!fresh) return;
    put(result, ...duel(lines, first, second, false));
    announce(verdictText(lines, first, second));
  });
}

function modelChoice(field, chosen, other) {
  const id = `choice-${field}`;
  const select = el("select", { id }, bestFirst(board.overall).concat(everyModel.filter((index) => board.overall.value[index] === null))
    .filter((index) => index !== other)
    .map((index) => el("option", { value: models.id[index], selected: index === chosen }, `${models.place[index] === null ? "–" : models.place[index]}  ${models.name[index]}`)));
  select.addEventListener("change", () => {
    go({ a: models.id[field === "a" ? chosen : other], b: models.id[field === "a" ? other : chosen], [field]: select.value }, true);
    byId(id).focus();
  });
  return el("div", {}, el("label", { for: id }, say(`compare.${field}`)), select);
}

/** The difference of two numbers whose errors are taken as independent: wider than a paired one. */
function unpaired(one, other) {
  if (!one || !other) return null;
  const value = one.value - other.value;
  if (one.stderr === null || other.stderr === null) return { value, low: null, high: null, stderr: null };
  const stderr = Math.hypot(one.stderr, other.stderr);
  return { value, stderr, low: value - 1.96 * stderr, high: value + 1.96 * stderr };
}

function unpairedLine(entry, place, first, second) {
  const [one, other] = [numberOf(entry, first), numberOf(entry, second)];
  return { entry, place, one, other, difference: unpaired(one, other), test: null, adjusted: null };
}

/** Loads both item files of each task and tests. Resolves to false where another comparison has begun. */
async function pairLines(lines, first, second, mine) {
  const able = lines.filter((line) => hasItems(first, line.place) && hasItems(second, line.place));
  for (let start = 0; start < able.length; start += 4) {
    await Promise.all(able.slice(start, start + 4).map((line) => pairLine(line, first, second)));
    if (mine !== comparison) return false;
  }
  holm(lines.map((line) => (line.test ? line.test.p : null))).forEach((p, index) => { lines[index].adjusted = p; });
  return true;
}

async function pairLine(line, first, second) {
  try {
    const [one, other] = await Promise.all([loadItems(first, line.place), loadItems(second, line.place)]);
    const shared = joinItems(one.hash, other.hash).filter(([a, b]) => one.score[a] !== null && other.score[b] !== null);
    const test = paired(shared.map(([a]) => one.score[a]), shared.map(([, b]) => other.score[b]), shared.map(([a]) => one.cluster[a]));
    if (test.n < 2 || test.stderr === null) return;
    const scale = line.entry.scale;
    line.test = test;
    line.difference = { value: test.mean * scale, stderr: test.stderr * scale, low: test.low * scale, high: test.high * scale };
  } catch (error) {
    // The item file is absent (the page was copied without its folder): the unpaired difference stays.
    line.test = null;
  }
}
