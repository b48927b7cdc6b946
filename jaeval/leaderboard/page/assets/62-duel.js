// A comparison drawn: what it comes to in words, and a line for each task.

/** 1 where the first model is surely better, −1 where the second is, 0 else: Holm, 5 %, paired tests only. */
function winner(line) {
  if (line.adjusted === null || line.adjusted >= 0.05) return 0;
  return Math.sign(line.test.mean) * (isUp(line.entry) ? 1 : -1);
}

function verdictText(lines, first, second) {
  const tested = lines.filter((line) => line.test);
  if (!tested.length) return say("verdict.untested");
  const [wins, losses] = [1, -1].map((side) => tested.filter((line) => winner(line) === side).length);
  const [one, other] = [nameParts(first)[1], nameParts(second)[1]];
  if (!wins && !losses) return say("verdict.tie", { n: tested.length });
  return say("verdict", { one, other, wins, losses, open: tested.length - wins - losses });
}

/**
 * The overall difference, paired, where the overall number is the weighted mean of tasks that were all tested.
 *
 * Whether it is that mean is seen from the numbers themselves: a board with another rule keeps the unpaired difference.
 */
function pairedOverall(lines, first, second) {
  const weighted = lines.filter((line) => line.entry.weight > 0);
  if (!weighted.length || weighted.some((line) => !line.test)) return null;
  const whole = weighted.reduce((sum, line) => sum + line.entry.weight, 0);
  for (const aboveChance of [false, true]) {
    const factor = (entry) => (aboveChance ? entry.scale / (entry.scale - entry.chance) : 1) * (board.scale / entry.scale) * (entry.weight / whole);
    const explains = [first, second].every((index) => {
      const parts = weighted.map((line) => [numberOf(line.entry, index, aboveChance), line.entry]);
      if (parts.some(([number]) => !number) || !numberOf(board.overall, index)) return false;
      const sum = parts.reduce((total, [number, entry]) => total + (number.value * entry.weight * board.scale) / entry.scale / whole, 0);
      return Math.abs(sum - numberOf(board.overall, index).value) < 0.6 * 10 ** -board.digits;
    });
    if (!explains) continue;
    const value = weighted.reduce((sum, line) => sum + factor(line.entry) * line.difference.value, 0);
    const stderr = Math.hypot(...weighted.map((line) => factor(line.entry) * line.difference.stderr));
    return { value, stderr, low: value - 1.96 * stderr, high: value + 1.96 * stderr };
  }
  return null;
}

function duel(lines, first, second, loading) {
  const differences = lines.map((line) => line.difference).filter(Boolean);
  const together = pairedOverall(lines, first, second);
  const overall = together || unpaired(numberOf(board.overall, first), numberOf(board.overall, second));
  const scaled = lines.filter((line) => line.entry.scale === board.scale).map((line) => line.difference).concat(overall).filter(Boolean);
  const reach = Math.max(1, ...scaled.flatMap((number) => [number.low, number.high, number.value]).filter((value) => value !== null).map(Math.abs)) * 1.05;
  const axis = withTicks({ low: -reach, high: reach }, 5);
  const able = lines.some((line) => hasItems(first, line.place) && hasItems(second, line.place));
  return [
    el("p", { class: "verdict" }, loading && able ? say("compare.loading") : verdictText(lines, first, second)),
    el("p", { class: "verdict-note" }, say("verdict.note")),
    el("div", { class: "scroll" }, el("table", { class: "duel" },
      el("caption", { class: "unseen" }, `${models.name[first]} ${say("against")} ${models.name[second]}`),
      el("thead", {}, el("tr", {}, [say("task"), nameParts(first)[1], nameParts(second)[1], say("difference")].map((title) => el("th", { scope: "col" }, name(title))),
        el("th", { scope: "col", class: "lane-cell" }, el("span", { class: "unseen" }, say("interval")), tickRow(axis)), [say("p.holm"), say("items.shared"), say("items.differ")].map((title) => el("th", { scope: "col" }, title)))),
      el("tbody", {}, overallLine(overall, Boolean(together), axis, first, second), lines.map((line) => duelLine(line, axis, first, second, reach))))),
    differences.length ? null : el("p", { class: "empty" }, say("compare.none")),
  ];
}

function overallLine(difference, isPaired, axis, first, second) {
  const value = (index) => show((numberOf(board.overall, index) || { value: null }).value, board.digits) || say("missing");
  return el("tr", { class: "overall-line" }, el("th", { scope: "row" }, say("overall"), el("span", { class: "sub" }, say(isPaired ? "paired.mean" : "unpaired"))),
    el("td", { class: "num", "data-label": "A" }, value(first)), el("td", { class: "num", "data-label": "B" }, value(second)),
    el("td", { class: "num difference" }, difference ? showSigned(difference.value, board.digits) : "",
      difference && difference.stderr !== null ? el("span", { class: "sub" }, `± ${show(difference.stderr, board.digits)}`) : null),
    el("td", { class: "lane-cell" }, difference ? lane(axis, difference, { zero: true, hollow: !isPaired }) : null),
    el("td", {}), el("td", {}), el("td", {}));
}

function duelLine(line, axis, first, second, reach) {
  const { entry, difference, test } = line;
  const own = entry.scale === board.scale ? axis : withTicks({ low: -1, high: 1 }, 2);
  const value = (index, number) => (number
    ? button({ class: "num plain", "data-tip": `${models.id[index]}.${entry.id}` }, () => go({ open: `cell.${models.id[index]}.${entry.id}` }), show(number.value, entry.digits), bestTag(entry, index))
    : el("span", { class: "missing", title: missingReason(index, entry.id) }, say("missing")));
  const differing = test ? test.onlyFirst + test.onlySecond : 0;
  return el("tr", {},
    el("th", { scope: "row" }, el("a", { href: `#v=tasks&task=${entry.id}` }, told(entry.title)),
      el("span", { class: "sub" }, [test ? say(`test.${test.test}`) : say("unpaired"), isUp(entry) ? "" : say("lower")].filter(Boolean).join(" · "))),
    el("td", { class: "num", "data-label": "A" }, value(first, line.one)),
    el("td", { class: "num", "data-label": "B" }, value(second, line.other)),
    el("td", { class: `num difference${winner(line) ? " strong" : ""}` }, difference ? showSigned(difference.value, entry.digits) : "",
      difference && difference.stderr !== null ? el("span", { class: "sub" }, `± ${show(difference.stderr, entry.digits)}`) : null),
    el("td", { class: "lane-cell" }, difference && entry.scale === board.scale ? lane(own, difference, { zero: true, hollow: !test }) : null),
    el("td", { class: "num", "data-label": say("p.holm") }, test ? showP(line.adjusted) : ""),
    el("td", { class: "num wide-label", "data-label": say("items.shared") }, test ? test.n : ""),
    el("td", { class: "num wide-label", "data-label": say("items.differ") }, differing
      ? button({ class: "text-button num", "data-differ": entry.id }, () => go({ open: `differ.${models.id[first]}.${models.id[second]}.${entry.id}` }), differing,
        el("span", { class: "sub" }, `${test.onlyFirst} : ${test.onlySecond}`)) : test ? "0" : ""));
}
