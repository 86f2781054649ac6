// SPDX-License-Identifier: MIT
// @ts-check
// The arithmetic of self-attention, independent of the page.

/**
 * A matrix is an array of rows.
 *
 * @typedef {number[][]} Matrix
 *
 * The tensors that a reader edits: inputs (n, d_model), w_query and w_key (d_model, d_k), w_value
 * (d_model, d_v). In cross-attention the queries come from a target (rows, d_model) and not from the
 * inputs.
 *
 * @typedef {{ inputs: Matrix, target: Matrix | null, w_query: Matrix, w_key: Matrix, w_value: Matrix }} Sources
 *
 * The computed tensors. With several heads, scores and weights stack the heads:
 * (heads · queries, keys).
 *
 * @typedef {Record<keyof typeof RECIPES, Matrix>} Results
 *
 * @typedef {keyof Sources} Source
 * @typedef {keyof Results} Result
 * @typedef {Source | Result} Role
 *
 * @typedef {{ heads: number, scale: boolean, temperature: number, mask?: boolean[][] | null }} Options
 */

export const SOURCES = /** @type {const} */ (["inputs", "target", "w_query", "w_key", "w_value"]);
export const PROJECTIONS = /** @type {const} */ (["w_query", "w_key", "w_value"]);

/**
 * The formula of each result, in order of computation: a "product" of two matrices, the "scores" of
 * queries and keys (a product of rows with rows), or a "softmax" over rows. (Targets: `recipeOf`.)
 */
const RECIPES = /** @type {const} */ ({
  queries: { rule: "product", of: ["inputs", "w_query"] },
  keys: { rule: "product", of: ["inputs", "w_key"] },
  values: { rule: "product", of: ["inputs", "w_value"] },
  scores: { rule: "scores", of: ["queries", "keys"] },
  weights: { rule: "softmax", of: ["scores"] },
  outputs: { rule: "product", of: ["weights", "values"] },
});

export const RESULTS = /** @type {Result[]} */ (Object.keys(RECIPES));

/**
 * @param {Role} role
 * @returns {role is Source}
 */
export const isSource = (role) => !(role in RECIPES);

/**
 * Return whether a tensor has a row for each query and a column for each key.
 *
 * @param {Role} role
 */
export const isPairwise = (role) => !isSource(role) && RECIPES[role].rule !== "product";

/**
 * Return the formula of a result. In cross-attention, the queries come from the target.
 *
 * @param {Result} role
 * @param {Pick<Sources, "target">} sources
 * @returns {{ rule: "product" | "scores" | "softmax", of: readonly Role[] }}
 */
export const recipeOf = (role, { target }) =>
  target && role === "queries" ? { rule: "product", of: ["target", "w_query"] } : RECIPES[role];

/**
 * Return the results that are computed directly from a tensor.
 *
 * @param {Role} role
 * @param {Pick<Sources, "target">} sources
 */
export const usersOf = (role, sources) =>
  RESULTS.filter((result) => recipeOf(result, sources).of.includes(role));

/** @param {Matrix} matrix */
export const transpose = (matrix) => matrix[0].map((_, column) => matrix.map((row) => row[column]));

/** @param {number[]} numbers */
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/**
 * @param {number[]} left
 * @param {number[]} right
 */
const dot = (left, right) => sum(left.map((number, k) => number * right[k]));

/**
 * Multiply (n, m) by (m, p), which gives (n, p).
 *
 * @param {Matrix} left
 * @param {Matrix} right
 */
export function matmul(left, right) {
  const columns = transpose(right);
  return left.map((row) => columns.map((column) => dot(row, column)));
}

/**
 * Return the mask (n, n) that lets each input attend to itself and to earlier inputs. True means
 * "may attend".
 *
 * @param {Matrix} inputs
 */
export const causalMask = (inputs) =>
  inputs.map((_, query) => inputs.map((_, key) => key <= query));

/**
 * Turn a row of scores into weights. The greatest score is subtracted first, so that no exp
 * overflows. A fully masked row (all −Infinity) gives zeros, as in scaled_dot_product_attention.
 *
 * @param {number[]} scores
 */
export function softmax(scores) {
  const greatest = Math.max(...scores);
  if (greatest === -Infinity) return scores.map(() => 0);
  const powers = scores.map((score) => Math.exp(score - greatest));
  const total = sum(powers);
  return powers.map((power) => power / total);
}

/**
 * Return the columns of one head.
 *
 * @param {Matrix} matrix
 * @param {number} head
 * @param {number} heads
 */
export function part(matrix, head, heads) {
  const width = matrix[0].length / heads;
  return matrix.map((row) => row.slice(head * width, (head + 1) * width));
}

/**
 * Compute attention: each head with its share of the columns, and their outputs side by side. The
 * scores are divided by √d_k of a head if `scale` is set, and by the temperature. They are
 * −Infinity where the mask is false.
 *
 * @param {Sources & Options} state
 * @returns {Results}
 */
export function attend({ inputs, target, w_query, w_key, w_value, heads, scale, temperature, mask }) {
  const queries = matmul(target ?? inputs, w_query);
  const keys = matmul(inputs, w_key);
  const values = matmul(inputs, w_value);
  const divisor = (scale ? Math.sqrt(keys[0].length / heads) : 1) * temperature;
  /** @type {Matrix} */
  const scores = [];
  /** @type {Matrix} */
  const outputs = queries.map(() => []);
  for (let head = 0; head < heads; head++) {
    const [q, k, v] = [queries, keys, values].map((matrix) => part(matrix, head, heads));
    const ofHead = matmul(q, transpose(k)).map((row, query) =>
      row.map((score, key) => (mask && !mask[query][key] ? -Infinity : score / divisor)),
    );
    scores.push(...ofHead);
    matmul(ofHead.map(softmax), v).forEach((row, query) => outputs[query].push(...row));
  }
  return { queries, keys, values, scores, weights: scores.map(softmax), outputs };
}
