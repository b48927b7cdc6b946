// The drawer: one model, or one number.

/** Heading and close button of a dialog. */
function dialogTop(id, over, title) {
  return el("div", { class: "dialog-top" }, el("div", {}, over ? el("p", { class: "over" }, over) : null, el("h2", { id, tabindex: "-1", autofocus: true }, title)),
    button({ class: "close", "aria-label": say("close") }, () => go({ open: "" })));
}

function renderDrawer(now, before, force) {
  if (!force && !changed(before, "open", "lang")) return;
  const [what, model, column] = state.open.split(".");
  if (what === "model") fillDrawer(modelDrawer(modelOf.get(model)));
  else if (what === "cell") fillDrawer(numberDrawer(modelOf.get(model), column));
  showDialog(byId("drawer"), what === "model" || what === "cell");
}

function fillDrawer(content) {
  put(byId("drawer-body"), content);
  byId("drawer").scrollTop = 0;
  // From one content to the next; on opening, the browser itself looks for `autofocus`.
  if (byId("drawer").open) byId("drawer-heading").focus();
}

/** Opens or closes; the browser keeps the focus inside, and gives it back. */
function showDialog(dialog, wanted) {
  if (wanted && !dialog.open) dialog.showModal();
  if (!wanted && dialog.open) dialog.close();
}

function startDialogs() {
  for (const dialog of [byId("drawer"), byId("reader")]) {
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      if (tip.on) hideTip();
      else go({ open: "" });
    });
    dialog.addEventListener("click", (event) => { if (event.target === dialog) go({ open: "" }); });
  }
}

function modelDrawer(index) {
  const [organisation, rest] = nameParts(index);
  const overall = numberOf(board.overall, index);
  const axis = withTicks(axisOf(board.overall, everyModel), 4);
  const flags = modelWarnings(index);
  const single = flags.filter(([title]) => title);
  return [
    dialogTop("drawer-heading", name(organisation), name(rest)),
    overall ? el("div", { class: "big-number" }, el("span", { class: "value" }, show(overall.value, board.digits + 1)), bestTag(board.overall, index),
      el("span", { class: "muted num" }, showInterval(overall, board.digits + 1)),
      showRank(index) ? el("span", { class: "muted num" }, say("rank.between", { range: showRank(index), all: everyModel.length })) : null)
      : el("p", { class: "big-number missing" }, `${say("missing")}: ${missingReason(index, "overall")}`),
    overall ? el("div", {}, lane(axis, overall, { others: rug(board.overall), grid: false }), tickRow(axis)) : null,
    el("div", { class: "actions" },
      button({ class: "button" }, () => go({ open: "", v: "compare", a: models.id[index], b: rivalOf(index) }), say("compare.this")),
      models.url[index] ? el("a", { class: "button", href: models.url[index], rel: "noopener noreferrer", target: "_blank" }, say("model.page")) : null),
    pairs([[say("parameters"), showParameters(models.parameters[index])], [say("licence"), models.licence[index] && name(models.licence[index])], [say("kind"), models.kind[index] && name(models.kind[index])]]),
    flags.length ? el("h3", {}, say("flags")) : null,
    flagList(flags.filter(([title]) => !title)),
    single.length ? el("details", {}, el("summary", {}, say("flags.single", { n: single.length })), flagList(single)) : null,
    board.byDomain.length ? el("h3", {}, say("domains")) : null,
    board.byDomain.length ? el("div", {}, board.byDomain.map((_, place) => meter(index, `d${place}`))) : null,
    el("h3", {}, say("tasks")),
    el("div", {}, board.columns.map((entry) => meter(index, entry.id))),
    el("h3", {}, say("provenance")),
    ...models.origins[index].map((place) => originList(board.origins[place])),
  ];
}

function flagList(flags) {
  return flags.length ? el("ul", { class: "flags" }, flags.slice(0, 200).map(([title, text]) => el("li", {}, title ? el("b", {}, `${title}: `) : null, text))) : null;
}

/** One of a model's numbers, on the field of all models. */
function meter(index, key) {
  const numbers = series.get(key);
  const number = numberOf(numbers, index);
  const task = columnOf.has(key);
  const title = task ? el("a", { href: `#open=&v=tasks&task=${key}`, style: "text-align:left" }, seriesTitle(key)) : el("span", {}, seriesTitle(key));
  const axis = numbers.scale === 100 ? { low: 0, high: 100 } : axisOf(numbers, everyModel);
  if (!number) return el("div", { class: "meter" }, title, el("span", { class: "missing" }, missingReason(index, key)), el("span", { class: "missing value" }, say("missing")));
  const value = show(number.value, numbers.digits);
  const tag = bestTag(numbers, index);
  const attributes = { class: "value num", "data-tip": `${models.id[index]}.${key}` };
  return el("div", { class: "meter" }, title, lane(axis, number, { others: rug(numbers), chance: numbers.chance || null, grid: false }),
    task ? button(attributes, () => go({ open: `cell.${models.id[index]}.${key}` }), value, tag) : el("span", { ...attributes, tabindex: "0" }, value, tag));
}

function originList([source, format, harness, version, date, weightHash, settings]) {
  return el("div", {},
    pairs([[say("source"), name(source)], [say("format"), format], [say("harness"), `${harness} ${version}`.trim()], [say("measured"), showDay(date)], [say("weight.hash"), weightHash && el("span", { class: "digest" }, weightHash)]]),
    settings.length ? el("details", {}, el("summary", {}, say("settings")), pairs(settings.map(([key, value]) => [name(key), name(value)]))) : null);
}

function numberDrawer(index, key) {
  const numbers = series.get(key);
  const number = numberOf(numbers, index);
  const axis = withTicks(axisOf(numbers, everyModel), 4);
  const warnings = numberWarnings(index, key);
  return [
    dialogTop("drawer-heading", name(models.name[index]), seriesTitle(key)),
    number ? el("div", { class: "big-number" }, el("span", { class: "value" }, show(number.value, numbers.digits + 1)), bestTag(numbers, index), el("span", { class: "muted num" }, showInterval(number, numbers.digits + 1)))
      : el("p", { class: "big-number" }, `${say("missing")}: ${missingReason(index, key)}`),
    number ? el("div", {}, lane(axis, number, { others: rug(numbers), chance: numbers.chance, grid: false }), tickRow(axis)) : null,
    warnings.length ? el("ul", { class: "flags" }, warnings.map((text) => el("li", {}, text))) : null,
    el("div", { class: "actions" },
      hasItems(index, columnOf.get(key)) ? button({ class: "button main" }, () => go({ open: `items.${models.id[index]}.${key}` }), say("items.read")) : el("p", { class: "muted" }, say("items.none")),
      button({ class: "button" }, () => go({ open: "", v: "tasks", task: key }), say("task.open")),
      button({ class: "button" }, () => go({ open: `model.${models.id[index]}` }), say("model.open"))),
    el("h3", {}, say("provenance")),
    pairs(numberFacts(index, key, true).map(([term, text]) => [term, el("span", { class: "num" }, name(text))])),
    originOf(numbers, index) && originOf(numbers, index).settings.length ? el("details", {}, el("summary", {}, say("settings")), pairs(originOf(numbers, index).settings.map(([term, value]) => [name(term), name(value)]))) : null,
  ];
}
