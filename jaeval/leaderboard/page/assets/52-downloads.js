// What is shown as CSV, and the whole board as JSON.

/** A cell of CSV. Spreadsheets take some first characters for a formula: an apostrophe makes them text. */
function csvCell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = String(value);
  const harmless = /^[\s\uFEFF]*[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/.test(text) ? `'${text}` : text;
  return /[",\r\n']/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** The table as it is shown: the same models in the same order, the same columns, each with interval and items. */
function csvText() {
  const keys = shownColumns();
  const header = ["model", "place", "place_low", "place_high", "parameters", "licence", "kind"];
  for (const key of keys) {
    const called = columnOf.has(key) ? series.get(key).key : key === "overall" ? "overall" : board.domains[Number(key.slice(1))];
    header.push(called, `${called} low`, `${called} high`, `${called} n`);
  }
  const lines = orderedModels().map((index) => {
    const line = [models.name[index], models.place[index], models.first[index], models.last[index], models.parameters[index], models.licence[index], models.kind[index]];
    for (const key of keys) {
      const numbers = series.get(key);
      const number = numberOf(numbers, index, usesChance() && liftable(key));
      line.push(...(number ? [round(number.value), round(number.low), round(number.high)] : ["", "", ""]), numbers.n ? numbers.n[index] : "");
    }
    return line;
  });
  return `\uFEFF${[header, ...lines].map((line) => line.map(csvCell).join(",")).join("\r\n")}\r\n`;
}

function round(value) {
  return value === null ? null : Number(value.toFixed(4));
}

/** Every number of the board with its interval and origin, as the page knows them. */
function jsonText() {
  const plain = (numbers, index) => {
    const number = numberOf(numbers, index);
    return number ? { value: round(number.value), stderr: round(number.stderr), low: round(number.low), high: round(number.high) } : null;
  };
  return JSON.stringify({
    board: board.name, title: board.title, date: board.date, rule: board.rule, jaeval: board.version, units: "as displayed, rounded to one digit more",
    models: everyModel.map((index) => ({
      model: models.name[index], place: models.place[index], place_low: models.first[index], place_high: models.last[index],
      parameters: models.parameters[index], licence: models.licence[index], kind: models.kind[index], url: models.url[index],
      overall: plain(board.overall, index),
      domains: Object.fromEntries(board.domains.map((domain, place) => [domain, plain(board.byDomain[place], index)])),
      caveats: modelWarnings(index).map(([title, text]) => (title ? `${title}: ${text}` : text)),
      scores: Object.fromEntries(board.columns.map((entry) => [entry.key, plain(entry, index)
        ? { ...plain(entry, index), n: entry.n[index], metric: entry.ownMetric[index] || entry.metric, failed: entry.failed[index], truncated: entry.truncated[index], best_of: entry.tried[index], prompt: entry.prompt[index] || undefined, constant: Boolean(entry.constant[index]), origin: originOf(entry, index) }
        : { missing: missingReason(index, entry.id) }])),
    })),
  }, null, 1);
}

function save(fileName, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = el("a", { href: url, download: fileName });
  document.body.append(link);
  link.click();
  link.remove();
  window.setTimeout(() => URL.revokeObjectURL(url), 10000);
}

function downloadPanel() {
  const entry = (key, action) => button({ class: "entry" }, () => {
    openChooser.close(true);
    action();
  }, say(key));
  return [
    entry("download.csv", () => save(`${board.stem}.csv`, "text/csv;charset=utf-8", csvText())),
    entry("download.json", () => save(`${board.stem}.json`, "application/json", jsonText())),
    entry("download.print", () => window.print()),
  ];
}
