// On paper: the shown models as a plain table, since the one on the screen holds only the rows in sight.

function startPrint() {
  window.addEventListener("beforeprint", () => {
    document.body.classList.toggle("print-table", state.v === "table");
    if (state.v === "table") put(byId("print"), printedTable());
  });
  window.addEventListener("afterprint", () => byId("print").replaceChildren());
}

function printedTable() {
  // More columns than fit on a page would be cut off in silence.
  const keys = shownColumns().slice(0, 12);
  const left = shownColumns().length - keys.length;
  return el("table", {},
    left > 0 ? el("caption", {}, say("print.columns", { n: left })) : null,
    el("thead", {}, el("tr", {}, [say("rank"), say("model"), ...keys.map(seriesTitle)].map((title) => el("th", {}, title)))),
    el("tbody", {}, orderedModels().map((index) => el("tr", {},
      el("td", {}, showRank(index) || models.place[index] || ""), el("td", {}, name(models.name[index])),
      keys.map((key) => {
        const numbers = series.get(key);
        const number = numberOf(numbers, index, usesChance() && liftable(key));
        return el("td", {}, number ? [show(number.value, numbers.digits), el("br"), el("small", {}, showInterval(number, numbers.digits))] : say("missing"));
      })))));
}
