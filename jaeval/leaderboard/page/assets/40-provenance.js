// Where a number comes from: the small card on hover and focus, and the whole story in the drawer.

/** A number's identity in the page: model and series key, both from the board. */
function parseNumber(text) {
  const [model, key] = text.split(".");
  return [modelOf.get(model), key];
}

/** [term, text] pairs about a number. The short ones go on the card. */
function numberFacts(index, key, whole) {
  const numbers = series.get(key);
  const number = numberOf(numbers, index);
  const { digits } = numbers;
  const column = columnOf.has(key) ? numbers : null;
  const facts = [];
  if (number) {
    facts.push([say("interval"), showInterval(number, digits) + (column && column.method[index] ? ` (${methodName(column.method[index])})` : "")]);
    if (whole || !column) facts.push([say("stderr"), show(number.stderr, digits + 1)]);
    const lifted = numberOf(numbers, index, true);
    if (lifted && (column || board.normalisation === "none")) facts.push([say("above.chance"), show(lifted.value, digits)]);
    if (numbers.tried[index] > 1) {
      facts.push([say("best.of"), say("best.of.value", { n: numbers.tried[index], prompt: numbers.prompt[index] })]);
      facts.push([say("prompt.mean"), show(numbers.promptMean[index] === null ? null : numbers.promptMean[index] / 10 ** (digits + 1), digits)]);
    }
  }
  if (!column) {
    // A total has no file of its own: those of the model's submissions stand for it.
    const origins = models.origins[index].map((place) => board.origins[place]);
    const each = (read) => [...new Set(origins.map(read))].filter(Boolean).slice(0, 4).join(", ");
    facts.push([say("harness"), each((origin) => `${origin[2]} ${origin[3]}`.trim())], [say("measured"), each((origin) => showDay(origin[4]))], [say("source"), each((origin) => origin[0])]);
    return known(facts);
  }
  if (column.chance !== null) facts.push([say("chance"), show(column.chance, digits)]);
  facts.push([say("items"), column.n[index] === null ? "" : String(column.n[index])]);
  if (whole) facts.push([say("metric"), column.ownMetric[index] || column.metric], [say("filter"), column.ownFilter[index] || column.filter]);
  const origin = originOf(column, index);
  if (!origin) return known(facts);
  facts.push([say("harness"), `${origin.harness} ${origin.harnessVersion}`.trim()]);
  facts.push([say("task.version"), origin.version], [say("shots"), origin.shots === null ? "" : String(origin.shots)]);
  facts.push([say("measured"), showDay(origin.date)]);
  facts.push([say("source"), origin.source]);
  if (whole) facts.push([say("format"), origin.format], [say("data.hash"), origin.dataHash], [say("weight.hash"), origin.weightHash]);
  return known(facts);
}

function known(facts) {
  return facts.filter(([, text]) => text);
}

function methodName(method) {
  return texts[`method.${method}`] ? say(`method.${method}`) : method;
}

/** What a reader must know about a number before trusting it. */
function numberWarnings(index, key) {
  if (!columnOf.has(key)) return [];
  const column = series.get(key);
  const warnings = [];
  if (column.constant[index]) {
    const level = column.level[index];
    warnings.push(level === null ? say("constant") : say("constant.level", { level: show(level / 10 ** (column.digits + 1), column.digits) }));
  }
  if (column.failed[index]) warnings.push(say("flag.failed", { n: column.failed[index] }));
  if (column.truncated[index]) warnings.push(say("flag.truncated", { n: column.truncated[index] }));
  models.flags[index].forEach(([, place, text]) => { if (place === columnOf.get(key)) warnings.push(told(text)); });
  return warnings;
}

/** A model's caveats: of the whole row, then of each number. As [title of the task or "", text]. */
function modelWarnings(index) {
  const whole = models.flags[index].filter(([, place]) => place < 0).map(([, , text]) => ["", told(text)]);
  return [...whole, ...board.columns.flatMap((column) => numberWarnings(index, column.id).map((text) => [told(column.title), text]))];
}

/** Whether a model's name gets a sign: a truncated answer or two do not call for one. */
function isFlagged(index) {
  return models.flags[index].length > 0 || board.columns.some((column) => column.constant[index]);
}

function missingReason(index, key) {
  const numbers = series.get(key);
  if (numbers.reason) return numbers.reason[index] || say("missing.unknown");
  const lacking = numbers.missing[index].map((place) => told(board.columns[place].title));
  return lacking.length ? `${say("missing.columns")} ${lacking.join(", ")}` : say("missing.unknown");
}

const tip = { node: null, timer: 0, on: null };

function fillTip(index, key) {
  const numbers = series.get(key);
  const number = numberOf(numbers, index);
  const lines = [el("p", { class: "tip-title" }, name(nameParts(index)[1]), ` · ${seriesTitle(key)}`)];
  if (!number) lines.push(el("p", {}, `${say("missing")}: ${missingReason(index, key)}`));
  const facts = numberFacts(index, key, false);
  if (facts.length) lines.push(el("dl", {}, facts.map(([term, text]) => [el("dt", {}, term), el("dd", { class: "num" }, text)])));
  numberWarnings(index, key).forEach((text) => lines.push(el("p", { class: "tip-flag" }, `△ ${text}`)));
  put(byId("tip"), ...lines);
}

function showTip(target) {
  const [index, key] = parseNumber(target.dataset.tip);
  if (index === undefined || !series.has(key)) return;
  hideTip();
  fillTip(index, key);
  const card = byId("tip");
  // A popover lies above an open dialog.
  card.showPopover();
  tip.on = target;
  target.setAttribute("aria-describedby", "tip");
  const box = target.getBoundingClientRect();
  const left = Math.min(Math.max(8, box.left), window.innerWidth - card.offsetWidth - 8);
  const above = box.bottom + card.offsetHeight + 8 > window.innerHeight;
  card.style.left = `${left}px`;
  card.style.top = `${above ? Math.max(8, box.top - card.offsetHeight - 6) : box.bottom + 6}px`;
}

function hideTip() {
  window.clearTimeout(tip.timer);
  if (byId("tip").matches(":popover-open")) byId("tip").hidePopover();
  if (tip.on) tip.on.removeAttribute("aria-describedby");
  tip.on = null;
}

/** Cards for everything that has `data-tip="MODEL.KEY"`. */
function startTips() {
  const targetOf = (event) => (event.target.closest ? event.target.closest("[data-tip]") : null);
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "mouse") return;
    const target = targetOf(event);
    window.clearTimeout(tip.timer);
    if (target) tip.timer = window.setTimeout(() => { if (target.isConnected) showTip(target); }, 220);
    else if (tip.on && !tip.on.matches(":focus")) hideTip();
  });
  document.addEventListener("focusin", (event) => {
    const target = targetOf(event);
    if (target && target.matches(":focus-visible")) showTip(target);
    else hideTip();
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && tip.on) hideTip(); });
  window.addEventListener("scroll", hideTip, true);
  follow(hideTip);
}
