// SPDX-License-Identifier: MIT
// @ts-check
// What a reader can change in the lab, and its text forms: an address and a PyTorch script. Pure:
// nothing here touches the page.

import { parseNumber } from "../numbers.js";
import { SOURCES, attend, causalMask } from "./attention.js";

/**
 * @typedef {import("./attention.js").Matrix} Matrix
 * @typedef {import("./attention.js").Sources} Sources
 * @typedef {import("./attention.js").Results} Results
 *
 * What a reader can change. `tokens` are the names of the inputs; an empty one stands for the
 * default name.
 *
 * @typedef {{ scale: boolean, causal: boolean, temperature: number, tokens: string[] }} Settings
 * @typedef {Sources & Settings} State
 */

export const LIMIT = 1e6; // of a typed number, so that no score overflows
export const MAX_INPUTS = 6;
export const MAX_NAME = 12; // characters of an input's name
export const TEMPERATURE = { min: 0.1, max: 5, step: 0.1 };
export const LINK = "#lab=";

/**
 * Return the number that a reader typed, or null if it is none or beyond ±LIMIT.
 *
 * @param {string} text
 */
export function parseEntry(text) {
  const number = parseNumber(text);
  return number !== null && Math.abs(number) <= LIMIT ? number : null;
}

/**
 * Return a name on one line, without characters that are invisible or turn the text around them.
 *
 * @param {string} text
 */
export function cleanName(text) {
  const visible = text.replace(/[\p{C}\p{Z}]+/gu, " ").trim();
  return [...visible].slice(0, MAX_NAME).join("").trim();
}

/**
 * @param {State} state
 * @param {number} index
 */
export const nameOf = (state, index) => state.tokens[index] || `input ${index + 1}`;

/**
 * Compute all tensors, those that are typed included.
 *
 * @param {State} state
 * @returns {Sources & Results}
 */
export function computeTensors(state) {
  const mask = state.causal ? causalMask(state.inputs) : null;
  const { inputs, w_query, w_key, w_value } = state;
  return { inputs, w_query, w_key, w_value, ...attend({ ...state, mask }) };
}

/**
 * Replace every number by a small integer: inputs from 0 to 3, weights from −1 to 2.
 *
 * @param {State} state
 */
export function randomize(state) {
  for (const role of SOURCES) {
    const lowest = role === "inputs" ? 0 : -1;
    const draw = () => lowest + Math.floor(Math.random() * 4);
    state[role] = state[role].map((row) => row.map(draw));
  }
}

/** What the buttons of the lab try, and what to look at afterwards. */
export const EXPERIMENTS = {
  "Make input 2 louder": {
    /** @param {State} state */
    perform: ({ inputs }) => {
      const row = Math.min(1, inputs.length - 1);
      inputs[row] = inputs[row].map((number) => clamp(2 * number));
    },
    notice: "The numbers of input 2 are doubled, so its key is, too. Look at the column of its weights.",
  },
  "Cool down": {
    /** @param {State} state */
    perform: (state) => (state.temperature = 0.3),
    notice: "The temperature is 0.3. Each query settles on its highest score.",
  },
  "Hide the future": {
    /** @param {State} state */
    perform: (state) => (state.causal = true),
    notice: "The causal mask is on. Input 1 sees only itself, and its output is its own value.",
  },
};

/** @param {number} number */
const clamp = (number) => Math.max(-LIMIT, Math.min(LIMIT, number));

/**
 * Write rows of numbers over a tensor from one of its cells on. Inputs that are missing are added.
 *
 * @param {State} state
 * @param {{ role: import("./attention.js").Source, row: number, column: number }} place
 * @param {Matrix} rows
 * @returns {boolean} whether they fit; if not, nothing is written
 */
export function pasteRows(state, { role, row, column }, rows) {
  const matrix = state[role];
  const [{ length: width }] = matrix;
  const height = role === "inputs" ? MAX_INPUTS : matrix.length;
  const fits =
    row + rows.length <= height &&
    rows.every((numbers) => column + numbers.length <= width) &&
    rows.flat().every((number) => Math.abs(number) <= LIMIT);
  if (!fits) return false;
  while (matrix.length < row + rows.length) {
    matrix.push(matrix[0].map(() => 0));
    state.tokens.push("");
  }
  for (const [i, numbers] of rows.entries()) matrix[row + i].splice(column, numbers.length, ...numbers);
  return true;
}

// ---- The address ------------------------------------------------------------------------------

/**
 * Write a state as a fragment: "#lab=" and, between slashes, the four matrices (rows separated by
 * semicolons, numbers by commas), scale and causal (0 or 1), the temperature, the tokens.
 *
 * @param {State} state
 */
export function encode(state) {
  const matrices = SOURCES.map((role) => state[role].join(";"));
  const settings = [Number(state.scale), Number(state.causal), state.temperature];
  return LINK + [...matrices, ...settings, ...state.tokens.map(encodeURIComponent)].join("/");
}

/**
 * Read a fragment. The matrices must have the shapes of `start`, with any number of inputs up to
 * MAX_INPUTS.
 *
 * @param {string} fragment
 * @param {State} start
 * @returns {State | null} null where anything is off: links come from strangers
 */
export function decode(fragment, start) {
  const parts = fragment.slice(LINK.length).split("/");
  const [inputs, w_query, w_key, w_value, scale, causal, temperature, ...names] = parts;
  if (names.length < 1 || names.length > MAX_INPUTS) return null;

  const state = {
    inputs: decodeMatrix(inputs, names.length, start.inputs[0].length),
    w_query: decodeMatrix(w_query, start.w_query.length, start.w_query[0].length),
    w_key: decodeMatrix(w_key, start.w_key.length, start.w_key[0].length),
    w_value: decodeMatrix(w_value, start.w_value.length, start.w_value[0].length),
    scale: decodeFlag(scale),
    causal: decodeFlag(causal),
    temperature: decodeTemperature(temperature),
    tokens: decodeNames(names),
  };
  return Object.values(state).includes(null) ? null : /** @type {State} */ (state);
}

/**
 * @param {string} text
 * @param {number} rows
 * @param {number} columns
 */
function decodeMatrix(text, rows, columns) {
  const matrix = text.split(";").map((row) => row.split(",").map(parseEntry));
  const fits =
    matrix.length === rows &&
    matrix.every((row) => row.length === columns && !row.includes(null));
  return fits ? /** @type {Matrix} */ (matrix) : null;
}

/** @param {string} text */
const decodeFlag = (text) => (text === "0" || text === "1" ? text === "1" : null);

/**
 * Return the nearest step of the slider.
 *
 * @param {string} text
 */
function decodeTemperature(text) {
  const temperature = Number(parseEntry(text)?.toFixed(1));
  const fits = temperature >= TEMPERATURE.min && temperature <= TEMPERATURE.max;
  return fits ? temperature : null;
}

/** @param {string[]} parts */
function decodeNames(parts) {
  try {
    const names = parts.map(decodeURIComponent);
    return names.every((name) => name === cleanName(name)) ? names : null;
  } catch {
    return null; // percent signs that spell nothing
  }
}

// ---- The script -------------------------------------------------------------------------------

/**
 * Write a state as a PyTorch script that prints the same outputs.
 *
 * @param {State} state
 */
export function toPyTorch(state) {
  /** @param {Matrix} matrix */
  const tensor = (matrix) => {
    const rows = matrix.map((row) => `    [${row.join(", ")}],`);
    return `torch.tensor([\n${rows.join("\n")}\n], dtype=torch.float64)`;
  };
  const { scale, causal, temperature } = state;
  const lines = [
    "import torch",
    "",
    "torch.set_printoptions(sci_mode=False)",
    "",
    `x = ${tensor(state.inputs)}`,
    `w_query = ${tensor(state.w_query)}`,
    `w_key = ${tensor(state.w_key)}`,
    `w_value = ${tensor(state.w_value)}`,
    "",
    "queries = x @ w_query",
    "keys = x @ w_key",
    "values = x @ w_value",
    "",
    "scores = queries @ keys.T",
  ];
  if (scale) lines.push("scores = scores / keys.shape[-1] ** 0.5");
  if (temperature !== 1) lines.push(`scores = scores / ${temperature}`);
  if (causal) {
    lines.push("mask = torch.ones_like(scores, dtype=torch.bool).tril()");
    lines.push('scores = scores.masked_fill(~mask, float("-inf"))');
  }
  lines.push("weights = torch.softmax(scores, dim=-1)", "outputs = weights @ values");
  lines.push("print(outputs)", "");
  return lines.join("\n");
}
