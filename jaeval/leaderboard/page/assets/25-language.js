// Japanese and English: every text of the interface is in texts.json, every text of the board comes in both.

const texts = JSON.parse(byId("texts").textContent);
let language = "ja";

/** A text of the interface, `{name}` filled in. A text that ends in ".one" is taken for a count of one. */
function say(key, values) {
  const entry = values && values.n === 1 && texts[`${key}.one`] ? texts[`${key}.one`] : texts[key];
  if (!entry) throw new Error(`no text ${key}`);
  return entry[language].replace(/\{(\w+)\}/g, (whole, field) => (values && field in values ? String(values[field]) : whole));
}

/** A text of the board. */
function told(text) {
  return text[language];
}

/** A domain's name: known ones are translated. */
function domainTitle(domain) {
  return texts[`domain.${domain}`] ? say(`domain.${domain}`) : domain;
}

function seriesTitle(key) {
  if (key === "overall") return say("overall");
  if (/^d\d+$/.test(key) && !columnOf.has(key)) return domainTitle(board.domains[Number(key.slice(1))]);
  return told(series.get(key).title);
}

/** Writes every text that stands in the page from the start. */
function applyLanguage(wanted) {
  language = wanted;
  document.documentElement.lang = wanted;
  document.title = told(board.title);
  document.querySelectorAll("[data-t]").forEach((node) => { node.textContent = say(node.dataset.t); });
  document.querySelectorAll("[data-t-label]").forEach((node) => node.setAttribute("aria-label", say(node.dataset.tLabel)));
  document.querySelectorAll("[data-t-placeholder]").forEach((node) => node.setAttribute("placeholder", say(node.dataset.tPlaceholder)));
  document.querySelectorAll("[data-ja]").forEach((node) => { node.textContent = node.dataset[wanted]; });
  document.querySelectorAll("[data-language]").forEach((node) => node.setAttribute("aria-pressed", String(node.dataset.language === wanted)));
}
