// SPDX-License-Identifier: MIT
// @ts-check
// The arithmetic of self-attention, apart from the page.

/**
 * A matrix is an array of rows.
 *
 * @typedef {number[][]} Matrix
 *
 * The tensors that a reader edits: inputs (n, d_model), w_query and w_key (d_model, d_k), w_value
 * (d_model, d_v).
 *
 * @typedef {{ inputs: Matrix, w_query: Matrix, w_key: Matrix, w_value: Matrix }} Sources
 *
 * The tensors that follow from them.
 *
 * @typedef {Record<keyof typeof RECIPES, Matrix>} Results
 *
 * @typedef {keyof Sources} Source
 * @typedef {keyof Results} Result
 * @typedef {Source | Result} Role
 *
 * @typedef {{ scale: boolean, temperature: number, mask?: boolean[][] | null }} Options
 */

export const SOURCES = /** @type {const} */ (["inputs", "w_query", "w_key", "w_value"]);

/**
 * How each result is computed, in this order: a "product" of two matrices, the "scores" of queries
 * and keys, which compare rows with rows, or a "softmax" over rows.
 */
export const RECIPES = /** @type {const} */ ({
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
 * Return whether a tensor has one column for each input, as it has one row: queries down, keys
 * across.
 *
 * @param {Role} role
 */
export const isPairwise = (role) => !isSource(role) && RECIPES[role].rule !== "product";

/**
 * Return the results that are computed from a tensor directly.
 *
 * @param {Role} role
 */
export const usersOf = (role) =>
  RESULTS.filter((result) => /** @type {readonly Role[]} */ (RECIPES[result].of).includes(role));

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
 * Return the mask (n, n) that lets each of n inputs attend to itself and to those before it. True
 * means "may attend".
 *
 * @param {Matrix} inputs
 */
export const causalMask = (inputs) =>
  inputs.map((_, query) => inputs.map((_, key) => key <= query));

/**
 * Turn a row of scores into weights. The greatest score is subtracted first, so that no exp
 * overflows. A row that is masked throughout (all −Infinity) gives zeros, as in
 * scaled_dot_product_attention.
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
 * Compute self-attention. The scores are divided by √d_k if they are to be scaled, and by the
 * temperature; where the mask is false they are −Infinity.
 *
 * @param {Sources & Options} state
 * @returns {Results}
 */
export function attend({ inputs, w_query, w_key, w_value, scale, temperature, mask }) {
  const queries = matmul(inputs, w_query);
  const keys = matmul(inputs, w_key);
  const values = matmul(inputs, w_value);
  const divisor = (scale ? Math.sqrt(keys[0].length) : 1) * temperature;
  const scores = matmul(queries, transpose(keys)).map((row, query) =>
    row.map((score, key) => (mask && !mask[query][key] ? -Infinity : score / divisor)),
  );
  const weights = scores.map(softmax);
  return { queries, keys, values, scores, weights, outputs: matmul(weights, values) };
}
