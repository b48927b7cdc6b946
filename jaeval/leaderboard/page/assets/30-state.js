// What is being looked at lives in the address: a copied link shows the same thing, and Back goes back.

const VIEWS = ["table", "figures", "tasks", "compare", "about"];
const STATE = { v: "table", q: "", sort: "", cols: null, size: [], lic: [], kind: [], scale: "raw", task: "", a: "", b: "", open: "", lang: "", theme: "" };

/** The state that an address asks for. Addresses come from strangers: what is not known is dropped. */
function readAddress(hash) {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const one = (key, known) => (known(given.get(key) || "") ? given.get(key) || "" : "");
  const columns = given.get("cols");
  return {
    v: VIEWS.includes(given.get("v")) ? given.get("v") : "table",
    q: (given.get("q") || "").slice(0, 200),
    sort: one("sort", (key) => ["place", "model"].includes(key.replace(/^-/, "")) || series.has(key.replace(/^-/, ""))),
    cols: columns === null ? null : columns.split(".").filter((key) => series.has(key)),
    size: given.getAll("size").filter((key) => SIZES.some((size) => size.key === key)),
    lic: given.getAll("lic").filter((text) => models.licence.includes(text)),
    kind: given.getAll("kind").filter((text) => models.kind.includes(text)),
    scale: given.get("scale") === "chance" ? "chance" : "raw",
    task: one("task", (key) => columnOf.has(key)),
    a: one("a", (key) => modelOf.has(key)),
    b: one("b", (key) => modelOf.has(key)),
    open: one("open", isOpenable),
    lang: one("lang", (key) => key === "ja" || key === "en"),
    theme: one("theme", (key) => key === "light" || key === "dark"),
  };
}

/** What a dialog may be asked to show: model.M, cell.M.C, items.M.C[.PLACE], differ.A.B.C[.PLACE]. */
const OPENABLE = new Map([["model", "m"], ["cell", "mc"], ["items", "mc"], ["differ", "mmc"]]);

function isOpenable(text) {
  const [what, ...rest] = text.split(".");
  const wanted = OPENABLE.get(what);
  if (!wanted || rest.length < wanted.length || rest.length > wanted.length + 1) return false;
  const known = [...wanted].every((kind, index) => (kind === "m" ? modelOf : columnOf).has(rest[index]));
  return known && (rest.length === wanted.length || ((what === "items" || what === "differ") && /^\d{1,7}$/.test(rest[wanted.length])));
}

function writeAddress(wanted) {
  const given = new URLSearchParams();
  for (const [key, usual] of Object.entries(STATE)) {
    const value = wanted[key];
    if (key === "cols" ? value !== null : Array.isArray(value) ? value.length : value !== usual) {
      if (key === "cols") given.set(key, value.join("."));
      else if (Array.isArray(value)) value.forEach((entry) => given.append(key, entry));
      else given.set(key, value);
    }
  }
  return given.toString();
}

let state = { ...STATE };
const followers = [];

/** Calls `follower(state, before)` whenever the state changes. */
function follow(follower) {
  followers.push(follower);
}

/** Moves to a changed state. `quiet` leaves no step for Back: typing into the search is no journey. */
function go(changes, quiet) {
  const wanted = { ...state, ...changes };
  const address = writeAddress(wanted);
  if (address !== writeAddress(state)) history[quiet ? "replaceState" : "pushState"](null, "", `#${address}`);
  move(wanted);
}

function move(wanted) {
  const before = state;
  state = wanted;
  followers.forEach((follower) => follower(state, before));
}

/** Whether one of some fields changed. */
function changed(before, ...fields) {
  return fields.some((field) => JSON.stringify(before[field]) !== JSON.stringify(state[field]));
}

/** Links inside the page are parts of a state: `#v=figures` keeps the filters. */
function followLinks() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest ? event.target.closest("a[href^='#']") : null;
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if ("skip" in link.dataset) {
      byId("main").focus();
      return;
    }
    const asked = new URLSearchParams(link.getAttribute("href").slice(1));
    const read = readAddress(link.getAttribute("href"));
    go(Object.fromEntries(Object.keys(STATE).filter((key) => asked.has(key)).map((key) => [key, read[key]])));
  });
  window.addEventListener("popstate", () => move(readAddress(location.hash)));
}
