// The board: the only reader of what payload.py writes.

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const DIGIT = new Map([...DIGITS].map((digit, value) => [digit, value]));

/** The list that `pack` in columns.py made short. */
function unpack(packed) {
  if (Array.isArray(packed)) return packed;
  if ("#" in packed) {
    const none = 64 ** packed.w - 1;
    const list = new Array(packed["#"].length / packed.w);
    for (let place = 0; place < list.length; place += 1) {
      let number = 0;
      for (let digit = 0; digit < packed.w; digit += 1) number = number * 64 + DIGIT.get(packed["#"][place * packed.w + digit]);
      list[place] = number === none ? null : number + packed.from;
    }
    return list;
  }
  const list = new Array(packed.n).fill(packed["="]);
  for (let index = 0; index < packed["!"].length; index += 2) list[packed["!"][index]] = packed["!"][index + 1];
  return list;
}

function unpackAll(record, fields) {
  for (const field of fields) record[field] = unpack(record[field]);
  return record;
}

const INTERVAL = ["value", "stderr", "below", "above"];

const board = (() => {
  const read = JSON.parse(byId("board").textContent);
  const flags = read.models.name.map(() => []);
  read.models.flags.forEach(([kind, place, text, rows]) => rows.forEach((index) => flags[index].push([kind, place, text])));
  read.models.flags = flags;
  unpackAll(read.models, ["place", "first", "last", "parameters", "licence", "kind", "url"]);
  for (const total of [read.overall, ...read.byDomain]) {
    unpackAll(total, [...INTERVAL, "normalised", "prompt", "tried", "promptMean"]);
    total.digits = read.digits;
    total.scale = read.scale;
  }
  for (const column of read.columns) {
    unpackAll(column, [...INTERVAL, "n", "method", "failed", "truncated", "prompt", "tried", "promptMean", "constant", "level", "ownMetric", "ownFilter", "reason", "origin", "protocol", "items"]);
  }
  return read;
})();

const models = board.models;
const everyModel = models.name.map((_, index) => index);
const modelOf = new Map(models.id.map((id, index) => [id, index]));
const columnOf = new Map(board.columns.map((column, index) => [column.id, index]));

/** Numbers that can be looked at: the overall one, domains, tasks. Keys are those of the address and of the table. */
const series = new Map([
  ["overall", board.overall],
  ...board.byDomain.map((total, index) => [`d${index}`, total]),
  ...board.columns.map((column) => [column.id, column]),
]);

/** The organisation and the rest of a model's name. */
function nameParts(index) {
  const text = models.name[index];
  const cut = text.lastIndexOf("/");
  return cut > 0 && cut < text.length - 1 ? [text.slice(0, cut), text.slice(cut + 1)] : ["", text];
}

/** Whether bigger numbers of a series are better. */
function isUp(numbers) {
  return numbers.up !== false;
}

/**
 * A model's number in a series, in units of what is displayed; null where it is missing.
 *
 * With `aboveChance`, 0 is guessing and 100 is perfect. Columns without a chance level have no such number.
 */
function numberOf(numbers, index, aboveChance) {
  if (numbers.value[index] === null) return null;
  const unit = 10 ** (numbers.digits + 1);
  const at = (units) => (units === null ? null : units / unit);
  const raw = numbers.value[index];
  const found = {
    value: at(raw),
    stderr: at(numbers.stderr[index]),
    low: numbers.below[index] === null ? null : at(raw - numbers.below[index]),
    high: numbers.above[index] === null ? null : at(raw + numbers.above[index]),
  };
  if (!aboveChance) return found;
  if (numbers.normalised) {
    // Totals: the interval has no counterpart here unless the board's own number is the normalised one.
    const value = at(numbers.normalised[index]);
    if (value === null) return null;
    return value === found.value ? found : { value, stderr: null, low: null, high: null };
  }
  if (numbers.chance === null || !isUp(numbers)) return null;
  const room = (100 - numbers.chance) / 100;
  const lift = (value) => (value === null ? null : (value - numbers.chance) / room);
  return { value: lift(found.value), stderr: found.stderr === null ? null : found.stderr / room, low: lift(found.low), high: lift(found.high) };
}

/** Where a cell's number came from, or null. */
function originOf(column, index) {
  const place = column.origin[index];
  if (place === null) return null;
  const [source, format, harness, harnessVersion, date, weightHash, settings] = board.origins[models.origins[index][place]];
  const [version, shots, dataHash] = column.protocols[column.protocol[index]];
  return { source, format, harness, harnessVersion, date, weightHash, settings, version, shots, dataHash };
}

/** Places of a series' models that have a number, best first. */
function bestFirst(numbers) {
  const sign = isUp(numbers) ? -1 : 1;
  return everyModel.filter((index) => numbers.value[index] !== null).sort((one, other) => sign * (numbers.value[one] - numbers.value[other]) || one - other);
}

/** The best value of each series, in its own units. */
const bestOf = new Map([...series].map(([key, numbers]) => {
  const known = numbers.value.filter((value) => value !== null);
  return [key, known.length < 2 ? null : known.reduce((best, value) => (isUp(numbers) === value > best ? value : best))];
}));
