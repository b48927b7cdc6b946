// Numbers as people read them: rounded half up, a real minus sign, never more digits than are known.

function show(value, digits) {
  if (value === null || value === undefined) return "";
  const factor = 10 ** digits;
  // The payload's last digit is chosen for this rounding; the tiny amount undoes the division that came before.
  const rounded = Math.floor(value * factor + 0.5 + 1e-9) / factor;
  const text = Math.abs(rounded).toFixed(digits);
  return rounded < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** With its sign, for differences. */
function showSigned(value, digits) {
  const text = show(value, digits);
  return value > 0 && Number(text) !== 0 ? `+${text}` : text;
}

function showInterval(number, digits) {
  return number.low === null || number.high === null ? "" : `${show(number.low, digits)}–${show(number.high, digits)}`;
}

function showRank(index) {
  const [first, last] = [models.first[index], models.last[index]];
  if (first === null || last === null) return "";
  return first === last ? String(first) : `${first}–${last}`;
}

/** 7B, 1.8B, 350M. */
function showParameters(count) {
  if (count === null) return "";
  for (const [size, letter] of [[1e12, "T"], [1e9, "B"], [1e6, "M"], [1e3, "K"]]) {
    if (count >= size) return `${Number((count / size).toPrecision(3))}${letter}`;
  }
  return String(count);
}

function showP(p) {
  if (p === null) return "";
  return p < 0.001 ? "< 0.001" : p.toFixed(3);
}

function showDay(date) {
  return date.slice(0, 10);
}

/** Ticks of an axis from low to high, 1, 2 or 5 times a power of ten apart. */
function ticksOf(low, high, wanted) {
  const rough = Math.max((high - low) / wanted, 1e-9);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.999);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const ticks = [];
  for (let tick = Math.ceil(low / step - 1e-9); tick * step <= high + step * 1e-9; tick += 1) ticks.push([tick * step, (tick * step).toFixed(digits)]);
  return ticks;
}

/** An axis that holds every interval of a series, with a little air; percentages never leave 0 to 100 by it. */
function axisOf(numbers, indices, aboveChance) {
  let [low, high] = [Infinity, -Infinity];
  for (const index of indices) {
    const number = numberOf(numbers, index, aboveChance);
    if (!number) continue;
    low = Math.min(low, number.low === null ? number.value : number.low);
    high = Math.max(high, number.high === null ? number.value : number.high);
  }
  if (low > high) [low, high] = [0, 1];
  const air = (high - low) * 0.05 || 1;
  return { low: low - air, high: high + air };
}

function placeOn(axis, value) {
  return Math.min(100, Math.max(0, ((value - axis.low) / (axis.high - axis.low)) * 100));
}
