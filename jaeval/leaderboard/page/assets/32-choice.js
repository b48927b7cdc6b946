// Which models and which columns are shown.

/** Sizes as people speak of them; the last is for models whose size nobody told. */
const SIZES = [
  { key: "s", low: 0, high: 3e9, text: "< 3B" },
  { key: "m", low: 3e9, high: 8e9, text: "3–8B" },
  { key: "l", low: 8e9, high: 15e9, text: "8–15B" },
  { key: "xl", low: 15e9, high: 40e9, text: "15–40B" },
  { key: "xxl", low: 40e9, high: Infinity, text: "≥ 40B" },
  { key: "unknown", low: null, high: null, text: null },
];

function sizeOf(index) {
  const count = models.parameters[index];
  return count === null ? "unknown" : SIZES.find((size) => size.low !== null && count >= size.low && count < size.high).key;
}

const SEARCHED = models.name.map((text) => text.normalize("NFKC").toLowerCase());

/** Words of the search, as names are searched. */
function wordsOf(text) {
  return text.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
}

/** Whether a model passes search and filters. */
function passes(index) {
  return wordsOf(state.q).every((word) => SEARCHED[index].includes(word))
    && (!state.size.length || state.size.includes(sizeOf(index)))
    && (!state.lic.length || state.lic.includes(models.licence[index]))
    && (!state.kind.length || state.kind.includes(models.kind[index]));
}

function shownModels() {
  return everyModel.filter(passes);
}

/** Columns that are shown unless somebody chooses: all, but of a long list only the first. */
const USUAL_COLUMNS = (() => {
  const keys = [...series.keys()];
  return keys.length <= 26 ? keys : keys.slice(0, 1 + board.byDomain.length + 14);
})();

function shownColumns() {
  const chosen = state.cols === null ? USUAL_COLUMNS : state.cols;
  return [...series.keys()].filter((key) => chosen.includes(key));
}

function usesChance() {
  return state.scale === "chance";
}

/** A column that has no counterpart above chance keeps its own scale. */
function liftable(key) {
  const numbers = series.get(key);
  return numbers.normalised ? numbers.normalised.some((value) => value !== null) : numbers.chance !== null && isUp(numbers);
}

/** Sort order of the table: [key, "asc" or "desc"]. */
function sortOrder() {
  if (!state.sort) return ["place", "asc"];
  return state.sort.startsWith("-") ? [state.sort.slice(1), "desc"] : [state.sort, "asc"];
}

/** The shown models in the table's order; what is missing comes last in either direction. */
function orderedModels() {
  const [key, direction] = sortOrder();
  return shownModels().sort((one, other) => compareModels(key, direction, one, other));
}

/** What a table column is sorted by, for every model; made once for each column and scale. */
const sortValues = new Map();

function valuesToSort(key) {
  const stamp = `${key} ${state.scale}`;
  if (!sortValues.has(stamp)) {
    const lifted = key !== "place" && key !== "model" && usesChance() && liftable(key);
    sortValues.set(stamp, everyModel.map((index) => {
      if (key === "model") return SEARCHED[index];
      if (key === "place") return models.place[index];
      const number = numberOf(series.get(key), index, lifted);
      return number && number.value;
    }));
  }
  return sortValues.get(stamp);
}

function compareModels(key, direction, one, other) {
  const values = valuesToSort(key);
  const [a, b] = [values[one], values[other]];
  if (a === b) return one - other;
  if (a === null || b === null) return a === null ? 1 : -1;
  return (a < b) === (direction === "asc") ? -1 : 1;
}
