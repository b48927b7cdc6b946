// Heads and cells of the table.

function head(title, over, className) {
  return el("button", { type: "button", class: `head ${className}`, title }, over ? el("span", { class: "head-domain" }, over) : null, el("span", { class: "head-title" }, title));
}

function overallHead(axis) {
  return el("button", { type: "button", class: "head" }, el("span", { class: "head-title" }, say("overall")),
    el("span", { class: "cell-overall", "aria-hidden": "true" }, el("span", {}), tickRow(axis, 14)));
}

function markNumber(cell, index, key) {
  const element = cell.getElement();
  element.dataset.tip = `${models.id[index]}.${key}`;
  element.setAttribute("tabindex", "-1");
}

function pickCell(cell) {
  const index = cell.getData().i;
  cell.getElement().setAttribute("tabindex", "-1");
  const box = el("input", { type: "checkbox", class: "pick", tabindex: "-1", "aria-label": say("compare.pick.model", { model: models.name[index] }) });
  box.checked = picked.includes(index);
  return listen(box, "change", () => togglePick(index));
}

function placeCell(cell) {
  const index = cell.getData().i;
  cell.getElement().setAttribute("tabindex", "-1");
  if (models.place[index] === null) return el("span", { class: "missing" }, say("rank.none"));
  const range = showRank(index);
  return el("span", {}, el("span", { class: "cell-place" }, models.place[index]),
    range ? el("span", { class: "cell-range num", style: "display:block" }, el("span", { class: "unseen" }, say("rank.interval")), range) : null);
}

function modelCell(cell) {
  const index = cell.getData().i;
  const [organisation, rest] = nameParts(index);
  cell.getElement().setAttribute("tabindex", "-1");
  const by = [isNarrow() && models.place[index] !== null ? `${say("rank.short")} ${showRank(index) || models.place[index]}` : "", isNarrow() ? "" : organisation, showParameters(models.parameters[index])].filter(Boolean);
  return el("a", { href: `#open=model.${models.id[index]}`, class: "cell-model", tabindex: "-1", title: models.name[index], style: "text-decoration:none" },
    el("span", { class: "cell-name" }, name(rest)),
    el("span", { class: "cell-by num" }, name(by.join(" · ")), isFlagged(index) ? el("span", { class: "warn" }, " △", el("span", { class: "unseen" }, say("flags"))) : null));
}

function overallCell(cell, axis, lifted) {
  const index = cell.getData().i;
  markNumber(cell, index, "overall");
  const number = numberOf(board.overall, index, lifted);
  if (!number) return el("span", { class: "missing" }, say("missing"));
  return el("span", { class: "cell-overall" }, el("span", { class: "figures" }, bestTag(board.overall, index), numberText(number, board.overall, index)), gauge(axis, number, null, true));
}

function numberText(number, numbers, index) {
  const interval = showInterval(number, numbers.digits);
  return el("span", { class: "value num" }, show(number.value, numbers.digits), interval ? el("span", { class: "unseen" }, ` (${interval})`) : null);
}

/** "k=9": the number is the best of nine prompts. */
function bestTag(numbers, index) {
  return numbers.tried[index] > 1 ? el("span", { class: "tag num", role: "img", "aria-label": say("best.of.short", { n: numbers.tried[index] }) }, `k=${numbers.tried[index]}`) : null;
}

function scoreCell(cell, key, axis, lifted) {
  const index = cell.getData().i;
  const numbers = series.get(key);
  markNumber(cell, index, key);
  const number = numberOf(numbers, index, lifted);
  if (!number) return el("span", { class: "cell-score" }, el("span", { class: "figures missing" }, say(numbers.value[index] === null ? "missing" : "chance.none")));
  const constant = Boolean(numbers.constant && numbers.constant[index]);
  const best = numbers.value[index] === bestOf.get(key);
  const chance = numbers.chance === undefined || numbers.chance === null ? null : lifted ? 0 : numbers.chance;
  return el("span", { class: `cell-score${best ? " best" : ""}${constant ? " constant" : ""}` },
    el("span", { class: "figures" },
      bestTag(numbers, index),
      constant ? el("span", { class: "warn", role: "img", "aria-label": say("constant") }, "△") : null,
      numberText(number, numbers, index)),
    gauge(axis, number, chance, false));
}
