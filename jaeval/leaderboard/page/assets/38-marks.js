// Intervals and distributions as marks: everything stands in per cent, so that it follows the width it gets.

/** An interval in a table cell: a dot on its axis, the chance level as a tick. Made of boxes: thousands are cheap. */
function gauge(axis, number, chance, tall) {
  const line = el("span", { class: tall ? "gauge tall" : "gauge", "aria-hidden": "true" });
  if (tall) for (const [tick] of axis.ticks) line.append(placed(el("i", { class: "rule" }), placeOn(axis, tick)));
  if (chance !== null && chance > axis.low) line.append(placed(el("i", { class: "guess" }), placeOn(axis, chance)));
  if (number.low !== null && number.high !== null) {
    const start = placeOn(axis, number.low);
    const reach = placed(el("i", { class: "reach" }), start);
    reach.style.width = `${placeOn(axis, number.high) - start}%`;
    line.append(reach);
  }
  line.append(placed(el("i", { class: "at" }), placeOn(axis, number.value)));
  return line;
}

function placed(box, place) {
  box.style.left = `${place}%`;
  return box;
}

/** Tick labels of an axis. */
function tickRow(axis, height) {
  return svg("svg", { class: "ticks", height: height || 18, "aria-hidden": "true" },
    axis.ticks.map(([tick, text]) => svg("text", { x: `${placeOn(axis, tick)}%`, y: 13 }, text)));
}

function withTicks(axis, wanted) {
  return { ...axis, ticks: ticksOf(axis.low, axis.high, wanted) };
}

/**
 * One number on its axis in a lane of 26 pixels.
 *
 * @param options.others Values of all models as a rug. @param options.chance The chance level. @param options.zero
 * Whether 0 is drawn as a line. @param options.hollow Whether the dot is hollow.
 */
function lane(axis, number, options) {
  const { others = [], chance = null, zero = false, hollow = false, grid = true } = options || {};
  const at = (value) => `${placeOn(axis, value)}%`;
  const vertical = (value, kind, top, bottom) => svg("line", { class: kind, x1: at(value), x2: at(value), y1: top, y2: bottom });
  return svg("svg", { class: "lane", height: 26, "aria-hidden": "true" },
    grid && axis.ticks ? axis.ticks.map(([tick]) => vertical(tick, "grid", 0, 26)) : null,
    zero ? vertical(0, "zero", 0, 26) : null,
    others.map((value) => vertical(value, "others", 7, 19)),
    chance === null || chance < axis.low ? null : vertical(chance, "chance", 0, 26),
    number && number.low !== null && number.high !== null ? svg("line", { class: "whisker", x1: at(number.low), x2: at(number.high), y1: 13, y2: 13 }) : null,
    number && number.value !== null ? svg("circle", { class: hollow ? "dot hollow" : "dot", cx: at(number.value), cy: 13, r: 4.5 }) : null);
}

/** Ticks of a rug: more could not be told apart. */
const RUG = 150;

/** Known values of a series, thinned evenly where they are many. */
function rug(numbers) {
  const known = bestFirst(numbers);
  const stride = Math.ceil(known.length / RUG);
  return known.filter((_, order) => order % stride === 0).map((index) => numberOf(numbers, index).value);
}

/** All models of a column as dots that do not cover each other, with the chance level. */
function swarm(numbers, axis) {
  const [width, radius] = [820, numbers.value.length > 200 ? 2.5 : 5];
  const rows = [];
  const dots = bestFirst(numbers).map((index) => {
    const x = (placeOn(axis, numberOf(numbers, index).value) / 100) * width;
    let row = 0;
    while (rows[row] !== undefined && Math.abs(rows[row] - x) < 2 * radius + 1) row += 1;
    rows[row] = x;
    return { index, row };
  });
  const height = Math.min(220, Math.max(56, (Math.max(0, ...dots.map((dot) => dot.row)) + 1) * (2 * radius + 1) + 20));
  const base = height - radius - 4;
  return svg("svg", { class: "swarm", height: height + 20, role: "group", "aria-label": say("task.swarm") },
    axis.ticks.map(([tick, text]) => [
      svg("line", { class: "grid", x1: `${placeOn(axis, tick)}%`, x2: `${placeOn(axis, tick)}%`, y1: 0, y2: height }),
      svg("text", { x: `${placeOn(axis, tick)}%`, y: height + 15, "text-anchor": "middle" }, text),
    ]),
    numbers.chance === null || numbers.chance < axis.low ? null : [
      svg("line", { class: "chance", x1: `${placeOn(axis, numbers.chance)}%`, x2: `${placeOn(axis, numbers.chance)}%`, y1: 0, y2: height }),
      svg("text", { x: `${placeOn(axis, numbers.chance)}%`, y: 10, dx: 5 }, say("chance")),
    ],
    dots.map(({ index, row }) => svg("a", { href: `#open=cell.${models.id[index]}.${numbers.id}`, "aria-label": `${models.name[index]} ${show(numberOf(numbers, index).value, numbers.digits)}`, "data-tip": `${models.id[index]}.${numbers.id}`, tabindex: dots.length > 60 ? -1 : 0 },
      svg("circle", { class: "dot", cx: `${placeOn(axis, numberOf(numbers, index).value)}%`, cy: Math.max(radius, base - row * (2 * radius + 1)), r: radius }))));
}
