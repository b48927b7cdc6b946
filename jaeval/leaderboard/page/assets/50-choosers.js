// Search, filters, the column picker, the downloads: buttons with a panel that Escape closes.

let openChooser = null;

/** A button with a panel; `build` makes the panel's content whenever it opens. */
function chooser(key, chosen, build) {
  const panelId = `panel-${key}`;
  const opener = button({ class: "button", "aria-expanded": "false", "aria-controls": panelId, "data-chooser": key }, () => toggle(),
    say(`chooser.${key}`), chosen ? el("span", { class: "chosen num" }, chosen) : null);
  // Able to hold the focus: a click on a label would else give it to the page, which closes the panel.
  const panel = el("div", { class: "panel", id: panelId, tabindex: "-1", role: "group", "aria-label": say(`chooser.${key}`), hidden: true });
  const toggle = () => (panel.hidden ? open() : close(true));
  const open = () => {
    if (openChooser) openChooser.close(false);
    put(panel, ...build());
    panel.hidden = false;
    opener.setAttribute("aria-expanded", "true");
    const overflow = panel.getBoundingClientRect().right - window.innerWidth + 12;
    if (overflow > 0 && !isNarrow()) panel.style.left = `${-overflow}px`;
    const first = panel.querySelector("input, button");
    if (first) first.focus();
    openChooser = { key, close, root };
  };
  const close = (back) => {
    panel.hidden = true;
    opener.setAttribute("aria-expanded", "false");
    openChooser = null;
    if (back) opener.focus();
  };
  const root = el("div", { class: "chooser" }, opener, panel);
  return root;
}

function startChoosers() {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && openChooser) {
      event.preventDefault();
      openChooser.close(true);
    }
  });
  document.addEventListener("pointerdown", (event) => { if (openChooser && !openChooser.root.contains(event.target)) openChooser.close(false); });
  document.addEventListener("focusin", (event) => { if (openChooser && !openChooser.root.contains(event.target)) openChooser.close(false); });
  const search = byId("search");
  let typing = 0;
  search.addEventListener("input", () => {
    window.clearTimeout(typing);
    typing = window.setTimeout(() => go({ q: search.value }, true), 120);
  });
  document.querySelectorAll("[data-scale]").forEach((node) => node.addEventListener("click", () => go({ scale: node.dataset.scale }, true)));
}

function renderChoosers(now, before) {
  const search = byId("search");
  if (search.value !== state.q && document.activeElement !== search) search.value = state.q;
  document.querySelectorAll("[data-scale]").forEach((node) => node.setAttribute("aria-pressed", String(node.dataset.scale === state.scale)));
  const row = byId("choosers");
  // A panel that is open keeps its place and focus; its button's count follows.
  if (openChooser && !changed(before, "lang")) {
    countChosen(row);
    return;
  }
  put(row, ...[
    models.parameters.some((count) => count !== null) ? chooser("size", state.size.length, () => filterPanel("size", SIZES.map((size) => size.key), sizeOf, (key) => SIZES.find((size) => size.key === key).text || say("unknown"))) : null,
    models.licence.some(Boolean) ? chooser("lic", state.lic.length, () => filterPanel("lic", valuesOf(models.licence), (index) => models.licence[index], (text) => text || say("unknown"))) : null,
    models.kind.some(Boolean) ? chooser("kind", state.kind.length, () => filterPanel("kind", valuesOf(models.kind), (index) => models.kind[index], (text) => text || say("unknown"))) : null,
    chooser("cols", state.cols === null ? 0 : state.cols.length, columnPanel),
    chooser("download", 0, downloadPanel),
  ].filter(Boolean));
}

function countChosen(row) {
  for (const key of ["size", "lic", "kind", "cols"]) {
    const opener = row.querySelector(`[data-chooser="${key}"]`);
    if (!opener) continue;
    const count = key === "cols" && state.cols === null ? 0 : state[key].length;
    put(opener, say(`chooser.${key}`), count ? el("span", { class: "chosen num" }, count) : "");
  }
}

function valuesOf(list) {
  return [...new Set(list)].sort((one, other) => (one === "") - (other === "") || (one < other ? -1 : 1));
}

function filterPanel(field, values, valueOf, titleOf) {
  const counts = new Map();
  everyModel.forEach((index) => counts.set(valueOf(index), (counts.get(valueOf(index)) || 0) + 1));
  const boxes = values.filter((value) => counts.has(value)).map((value) => checkbox(titleOf(value), state[field].includes(value), (on) => {
    go({ [field]: on ? [...state[field], value] : state[field].filter((other) => other !== value) }, true);
  }, counts.get(value)));
  return [
    el("fieldset", {}, el("legend", { class: "unseen" }, say(`chooser.${field}`)), boxes),
    el("div", { class: "panel-row" }, button({ class: "text-button" }, () => {
      go({ [field]: [] }, true);
      boxes.forEach((box) => { box.querySelector("input").checked = false; });
    }, say("clear"))),
  ];
}

function checkbox(title, checked, change, count) {
  const input = el("input", { type: "checkbox" });
  input.checked = checked;
  input.addEventListener("change", () => change(input.checked));
  return el("label", {}, input, name(title), count === undefined ? null : el("span", { class: "num" }, count));
}

function columnPanel() {
  const groups = new Map([["", ["overall", ...board.byDomain.map((_, index) => `d${index}`)]]]);
  board.columns.forEach((entry) => {
    if (!groups.has(`:${entry.domain}`)) groups.set(`:${entry.domain}`, []);
    groups.get(`:${entry.domain}`).push(entry.id);
  });
  const choose = (keys) => go({ cols: keys }, true);
  const set = (wanted) => {
    choose(wanted);
    byId("panel-cols").querySelectorAll("input").forEach((input) => { input.checked = shownColumns().includes(input.dataset.key); });
  };
  return [
    el("div", { class: "panel-row" },
      button({ class: "text-button" }, () => set([...series.keys()]), say("all")),
      button({ class: "text-button" }, () => set(["overall"]), say("none")),
      button({ class: "text-button" }, () => set(null), say("usual"))),
    ...[...groups].map(([group, keys]) => el("fieldset", {},
      el("legend", {}, group === "" ? say("totals") : domainTitle(group.slice(1)) || say("tasks")),
      keys.map((key) => {
        const label = checkbox(seriesTitle(key), shownColumns().includes(key), (on) => {
          const now = shownColumns();
          choose(on ? [...series.keys()].filter((other) => other === key || now.includes(other)) : now.filter((other) => other !== key));
        });
        label.querySelector("input").dataset.key = key;
        return label;
      }))),
  ];
}
