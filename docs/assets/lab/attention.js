// SPDX-License-Identifier: MIT
// The arithmetic of self-attention, apart from the page. A matrix is an array of rows.

export const transpose = (matrix) => matrix[0].map((_, column) => matrix.map((row) => row[column]));

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/** (n, m) times (m, p) gives (n, p). */
export const matmul = (left, right) => left.map((row) =>
  transpose(right).map((column) => sum(row.map((number, k) => number * column[k]))));

/** (n, n), true = may attend: each of n inputs sees itself and those before it. */
export const causalMask = (inputs) => inputs.map((_, query) => inputs.map((_, key) => key <= query));

/**
 * A row of scores as weights. Less the greatest score, no exp overflows. All −Infinity, masked
 * throughout, gives zeros, as in scaled_dot_product_attention.
 */
export function softmax(scores) {
  const greatest = Math.max(...scores);
  if (greatest === -Infinity) return scores.map(() => 0);
  const powers = scores.map((score) => Math.exp(score - greatest));
  return powers.map((power) => power / sum(powers));
}

/**
 * inputs (n, d_model), w_query and w_key (d_model, d_k), w_value (d_model, d_v), mask (n, n) or
 * none. The scores are scaled, divided by the temperature and, where masked, −Infinity.
 */
export function attend({ inputs, w_query, w_key, w_value, scale, temperature, mask }) {
  const queries = matmul(inputs, w_query);
  const keys = matmul(inputs, w_key);
  const values = matmul(inputs, w_value);
  const divisor = (scale ? Math.sqrt(keys[0].length) : 1) * temperature;
  const scores = matmul(queries, transpose(keys)).map((row, query) =>
    row.map((score, key) => (mask && !mask[query][key] ? -Infinity : score / divisor)));
  const weights = scores.map(softmax);
  return { queries, keys, values, scores, weights, outputs: matmul(weights, values) };
}
