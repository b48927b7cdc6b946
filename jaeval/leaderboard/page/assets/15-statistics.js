// Paired tests of two models on the same items. Pure functions; checked against scipy by the tests.

/** ln Γ(x) for x > 0, Lanczos with g = 7. */
function logGamma(x) {
  const terms = [676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7];
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  let sum = 0.99999999999980993;
  terms.forEach((term, index) => { sum += term / (x + index); });
  const shifted = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(shifted) - shifted + Math.log(sum);
}

/** The regularised incomplete beta function by its continued fraction (Lentz). */
function incompleteBeta(a, b, x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast on this side only; the other follows by symmetry.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(b, a, 1 - x);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / nonzero(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m < 500; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonzero(1 + even * d);
    c = nonzero(1 + even / c);
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonzero(1 + odd * d);
    c = nonzero(1 + odd / c);
    result *= d * c;
    if (Math.abs(d * c - 1) < 1e-14) break;
  }
  return front * result;

  function nonzero(value) {
    return Math.abs(value) < tiny ? tiny : value;
  }
}

/** Two-sided p value of Student's t. */
function studentP(t, freedom) {
  return Number.isFinite(t) ? incompleteBeta(freedom / 2, 0.5, freedom / (freedom + t * t)) : 0;
}

/** The t that only a share of `p` exceeds on both sides together. */
function studentQuantile(p, freedom) {
  let low = 0;
  let high = 1;
  while (studentP(high, freedom) > p && high < 1e8) high *= 2;
  for (let step = 0; step < 100; step += 1) {
    const middle = (low + high) / 2;
    if (studentP(middle, freedom) > p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Exact two-sided McNemar test: `b` items only the first solved, `c` only the second. */
function mcnemar(b, c) {
  const n = b + c;
  if (b === c) return 1;
  const logs = [];
  for (let k = 0; k <= Math.min(b, c); k += 1) logs.push(logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1) - n * Math.LN2);
  const largest = Math.max(...logs);
  return Math.min(1, 2 * Math.exp(largest) * logs.reduce((sum, log) => sum + Math.exp(log - largest), 0));
}

/**
 * The difference of two models on shared items.
 *
 * Items of one cluster (a passage, a company) are not independent: then the standard error is the clustered one and the
 * test is t over clusters. Else rights and wrongs get McNemar's exact test, other scores the paired t test.
 *
 * @param {number[]} first Scores of one model. @param {number[]} second The other's, on the same items.
 * @param {number[]} clusters Number of each item's cluster; 0 where it stands alone.
 */
function paired(first, second, clusters) {
  const n = first.length;
  const differences = first.map((score, index) => score - second[index]);
  const mean = n ? differences.reduce((sum, value) => sum + value, 0) / n : null;
  const result = { n, mean, stderr: null, low: null, high: null, p: null, test: "", onlyFirst: 0, onlySecond: 0 };
  differences.forEach((value) => {
    if (value > 0) result.onlyFirst += 1;
    if (value < 0) result.onlySecond += 1;
  });
  if (n < 2) return result;
  const sums = new Map();
  differences.forEach((value, index) => {
    const cluster = clusters && clusters[index] ? clusters[index] : -1 - index;
    sums.set(cluster, (sums.get(cluster) || 0) + value - mean);
  });
  const groups = sums.size;
  if (groups < 2) return result;
  const squares = [...sums.values()].reduce((sum, value) => sum + value * value, 0);
  result.stderr = Math.sqrt((groups / (groups - 1)) * squares) / n;
  const reach = studentQuantile(0.05, groups - 1) * result.stderr;
  result.low = mean - reach;
  result.high = mean + reach;
  const binary = [...first, ...second].every((score) => score === 0 || score === 1);
  if (binary && groups === n) {
    result.test = "mcnemar";
    result.p = mcnemar(result.onlyFirst, result.onlySecond);
  } else {
    result.test = groups === n ? "t" : "clustered";
    // Rounding leaves a trace of a standard error where all differences are equal.
    result.p = result.stderr > 1e-12 ? studentP(mean / result.stderr, groups - 1) : mean === 0 ? 1 : 0;
  }
  return result;
}

/** Holm's adjustment of p values that were asked together; null stays null and is not counted. */
function holm(values) {
  const known = values.map((p, index) => [p, index]).filter(([p]) => p !== null).sort((one, other) => one[0] - other[0]);
  const adjusted = values.map(() => null);
  let highest = 0;
  known.forEach(([p, index], order) => {
    highest = Math.max(highest, Math.min(1, p * (known.length - order)));
    adjusted[index] = highest;
  });
  return adjusted;
}

/**
 * Places of the items that both models were asked, as [place in first, place in second]: joined by the document's hash,
 * and a document asked twice is joined in order.
 */
function joinItems(firstHashes, secondHashes) {
  const places = new Map();
  secondHashes.forEach((hash, place) => {
    if (places.has(hash)) places.get(hash).push(place);
    else places.set(hash, [place]);
  });
  const joined = [];
  firstHashes.forEach((hash, place) => {
    const others = places.get(hash);
    if (others && others.length) joined.push([place, others.shift()]);
  });
  return joined;
}
