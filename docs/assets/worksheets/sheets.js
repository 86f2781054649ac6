// SPDX-License-Identifier: MIT
// @ts-check
// Worksheets with numbers for pencil and paper, the same for the same seed, and their solutions.
// Pure: nothing here touches the page.

import { matmul, part, softmax, transpose } from "../lab/attention.js";

/**
 * @typedef {import("../lab/attention.js").Matrix} Matrix
 *
 * The numbers of a sheet. The heads share the columns equally. The scores are divided by `divisor`,
 * which `divided` writes as on paper: "√4 = 2".
 *
 * @typedef {object} Task
 * @property {Matrix} inputs
 * @property {Matrix} w_query
 * @property {Matrix} w_key
 * @property {Matrix} w_value
 * @property {number} heads
 * @property {number} divisor
 * @property {string} divided
 * @property {boolean} causal
 *
 * The steps of one head, each a matrix. A hidden score is −Infinity. `shares` are the weights,
 * rounded to tenths.
 *
 * @typedef {{ scores: Matrix, powers: Matrix, shares: Matrix }} Head
 * @typedef {{ queries: Matrix, keys: Matrix, values: Matrix, heads: Head[], outputs: Matrix }} Solution
 */

/** The topics: titles, shapes, and the treatment of the scores. */
export const PRACTICES = {
  attention: { title: "Self-attention", d_model: 3, d_k: 2, d_v: 2, heads: 1, divisor: 1, divided: "", causal: false },
  scaling: { title: "Scaling", d_model: 2, d_k: 4, d_v: 2, heads: 1, divisor: 2, divided: "√4 = 2", causal: false },
  masking: { title: "Masking", d_model: 3, d_k: 2, d_v: 2, heads: 1, divisor: 1, divided: "", causal: true },
  heads: { title: "Two heads", d_model: 2, d_k: 4, d_v: 2, heads: 2, divisor: 1, divided: "", causal: false },
};

/** @typedef {keyof typeof PRACTICES} Practice */

const INPUTS = 3;
const MAX_SCORE = 12;
const MAX_TRIES = 200_000; // several hundred are usual

/** The powers that a sheet lists, e^0 to e^−5, with two decimals. */
export const POWERS = [0, 1, 2, 3, 4, 5].map((below) => roundTo(Math.exp(-below), 2));

/**
 * @param {number} number
 * @param {number} decimals
 */
export function roundTo(number, decimals) {
  const factor = 10 ** decimals;
  return Math.round(number * factor) / factor;
}

/**
 * Return a generator of numbers from 0 to 1, seeded with a text (FNV-1a, then mulberry32).
 *
 * @param {string} text
 */
export function generator(text) {
  let state = 0x811c9dc5;
  for (const character of text) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Return the numbers of one student's sheet.
 *
 * @param {Practice} practice
 * @param {string} seed
 * @param {number} student from 1
 * @returns {Task}
 */
export function makeTask(practice, seed, student) {
  const { d_model, d_k, d_v, heads, divisor, divided, causal } = PRACTICES[practice];
  const draw = generator(`${practice}/${seed}/${student}`);
  /** @param {number} rows @param {number} columns @param {number[]} numbers */
  const matrix = (rows, columns, numbers) =>
    Array.from({ length: rows }, () =>
      Array.from({ length: columns }, () => numbers[Math.floor(draw() * numbers.length)]),
    );
  for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
    const task = {
      inputs: matrix(INPUTS, d_model, [0, 1, 1, 2]),
      w_query: matrix(d_model, d_k, [-1, 0, 1, 1]),
      w_key: matrix(d_model, d_k, [-1, 0, 1, 1]),
      w_value: matrix(d_model, d_v, [0, 1, 2, 3]),
      heads,
      divisor,
      divided,
      causal,
    };
    if (suitsPencil(task)) return task;
  }
  throw new Error(`no numbers for ${practice}/${seed}/${student}`);
}

/**
 * Compute every step as on paper: the shares from unrounded powers, then rounded, and the outputs
 * from the rounded shares.
 *
 * @param {Task} task
 * @returns {Solution}
 */
export function solve({ inputs, w_query, w_key, w_value, heads, divisor, causal }) {
  const queries = matmul(inputs, w_query);
  const keys = matmul(inputs, w_key);
  const values = matmul(inputs, w_value);
  const parts = Array.from({ length: heads }, (_, head) => {
    const scores = matmul(part(queries, head, heads), transpose(part(keys, head, heads))).map(
      (row, query) => row.map((score, key) => (causal && key > query ? -Infinity : score / divisor)),
    );
    const powers = scores.map((row) => row.map((score) => Math.exp(score - Math.max(...row))));
    const shares = scores.map((row) => softmax(row).map((share) => roundTo(share, 1)));
    return { scores, powers, shares, outputs: matmul(shares, part(values, head, heads)) };
  });
  const outputs = inputs.map((_, row) => parts.flatMap((head) => head.outputs[row]));
  return { queries, keys, values, heads: parts, outputs };
}

/**
 * Return whether a sheet can be solved by hand and is worth it: small whole scores; shares that
 * come out the same from the listed powers, add up to 1 and are far from a rounding boundary; and
 * no step without an effect.
 *
 * @param {Task} task
 */
export function suitsPencil(task) {
  const { queries, keys, heads, outputs } = solve(task);
  if ([...queries, ...keys, ...task.inputs].some((row) => row.every((number) => number === 0))) return false;
  const blends = heads.flatMap(({ scores, shares }) =>
    scores.map((row, query) => {
      const open = row.filter((score) => score !== -Infinity);
      if (open.some((score) => !Number.isInteger(score) || Math.abs(score) > MAX_SCORE)) return null;
      const greatest = Math.max(...open);
      const powers = row.map((score) => POWERS[greatest - score] ?? 0);
      const total = powers.reduce((sum, power) => sum + power, 0);
      const exact = softmax(row);
      const isClear = powers.every(
        (power, key) =>
          roundTo(power / total, 1) === shares[query][key] &&
          Math.abs(exact[key] - shares[query][key]) < 0.04,
      );
      const sum = shares[query].reduce((all, share) => all + share, 0);
      if (!isClear || Math.abs(sum - 1) > 1e-9) return null;
      return shares[query].filter((share) => share > 0).length > 1;
    }),
  );
  const isLively = blends.filter(Boolean).length >= 2 * heads.length;
  const isVaried = new Set(outputs.map(String)).size === outputs.length;
  return !blends.includes(null) && isLively && isVaried;
}

// ---- The address ------------------------------------------------------------------------------

export const LINK = "#sheets=";
export const MAX_STUDENTS = 60;
export const PAGES = { both: "sheets and answers", sheets: "sheets", answers: "answers" };

/**
 * The sheets to show: those of the students `first` to `last`.
 *
 * @typedef {object} Order
 * @property {Practice} practice
 * @property {string} seed
 * @property {number} first
 * @property {number} last
 * @property {keyof typeof PAGES} pages
 */

/** @param {Order} order */
export const encode = ({ practice, seed, first, last, pages }) =>
  LINK + [practice, encodeURIComponent(seed), `${first}-${last}`, pages].join("/");

/**
 * @param {string} fragment
 * @returns {Order | null} null for an invalid link, which may come from anybody
 */
export function decode(fragment) {
  const found = /^#sheets=(\w+)\/([^/]{1,90})\/(\d{1,3})-(\d{1,3})\/(\w+)$/.exec(fragment);
  if (!found) return null;
  const [, practice, seed, first, last, pages] = found;
  const order = { practice, seed: decodeSeed(seed), first: Number(first), last: Number(last), pages };
  const fits =
    Object.hasOwn(PRACTICES, practice) &&
    Object.hasOwn(PAGES, pages) &&
    isSeed(order.seed) &&
    order.first >= 1 &&
    order.first <= order.last &&
    order.last <= MAX_STUDENTS;
  return fits ? /** @type {Order} */ (order) : null;
}

/** @param {string} seed */
export const isSeed = (seed) => /^[\p{L}\p{N} ._-]{1,20}$/u.test(seed);

/** @param {string} text */
function decodeSeed(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return ""; // malformed percent-encoding
  }
}
