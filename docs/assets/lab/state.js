// SPDX-License-Identifier: MIT
// @ts-check
// The state of the lab, and its text forms: an address and a PyTorch script. Pure: nothing here
// touches the page.

import { parseNumber } from "../numbers.js";
import { PROJECTIONS, SOURCES, attend, causalMask } from "./attention.js";

/**
 * @typedef {import("./attention.js").Matrix} Matrix
 * @typedef {import("./attention.js").Sources} Sources
 * @typedef {import("./attention.js").Results} Results
 *
 * The settings that a reader can change. `tokens` are the names of the inputs; an empty name stands
 * for the default. There are one or two heads.
 *
 * @typedef {{ heads: number, scale: boolean, causal: boolean, temperature: number, tokens: string[] }} Settings
 * @typedef {Sources & Settings} State
 *
 * Additional numbers: a column for each projection with two heads, and a target.
 *
 * @typedef {{ columns: Matrix, target: Matrix }} Spare
 */

export const LIMIT = 1e6; // of a typed number, so that no score overflows
export const MAX_INPUTS = 6;
export const MAX_NAME = 12; // characters of an input's name
export const TEMPERATURE = { min: 0.1, max: 5, step: 0.1 };
export const LINK = "#lab=";

/**
 * Return the number that a reader typed, or null if it is not a number within ±LIMIT.
 *
 * @param {string} text
 */
export function parseEntry(text) {
  const number = parseNumber(text);
  return number !== null && Math.abs(number) <= LIMIT ? number : null;
}

/**
 * Return a name on one line, without invisible characters and those that change the text direction.
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
 * Return the name of a row of the queries, scores, weights and outputs.
 *
 * @param {State} state
 * @param {number} index
 */
export const queryName = (state, index) =>
  state.target ? `target ${index + 1}` : nameOf(state, index);

/**
 * Return all tensors, typed and computed.
 *
 * @param {State} state
 * @returns {Record<import("./attention.js").Role, Matrix>}
 */
export function computeTensors(state) {
  const mask = state.causal && !state.target ? causalMask(state.inputs) : null;
  const { inputs, target, w_query, w_key, w_value } = state;
  return { inputs, target: target ?? [], w_query, w_key, w_value, ...attend({ ...state, mask }) };
}

/**
 * Split the columns into two heads, which needs one more column, or go back to one head.
 *
 * @param {State} state
 * @param {Spare} spare
 */
export function switchHeads(state, { columns }) {
  const isOne = state.heads === 1;
  for (const [place, role] of PROJECTIONS.entries())
    state[role] = state[role].map((row, i) => (isOne ? [...row, columns[place][i]] : row.slice(0, -1)));
  state.heads = isOne ? 2 : 1;
}

/**
 * Replace every number by a small integer: inputs and target from 0 to 3, weights from −1 to 2.
 *
 * @param {State} state
 */
export function randomize(state) {
  for (const role of SOURCES) {
    const lowest = role[0] === "w" ? -1 : 0;
    const draw = () => lowest + Math.floor(Math.random() * 4);
    const drawn = state[role]?.map((row) => row.map(draw));
    if (drawn) state[role] = drawn;
  }
}

/** The experiments that the lab offers, each with a notice of what to look at. */
export const EXPERIMENTS = {
  "Make input 2 louder": {
    /** @param {State} state */
    perform: ({ inputs }) => {
      const row = Math.min(1, inputs.length - 1);
      inputs[row] = inputs[row].map((number) => clamp(2 * number));
    },
    notice: "Input 2 is doubled, and so is its key. Look at the column of its weights.",
  },
  "Cool down": {
    /** @param {State} state */
    perform: (state) => (state.temperature = 0.3),
    notice: "The temperature is 0.3. Each query settles on its highest score, or on two that tie.",
  },
  "Hide the future": {
    /** @param {State} state */
    perform: (state) => {
      state.causal = true;
      state.target = null;
    },
    notice: "The causal mask is on. Input 1 sees only itself, and its output is its own value.",
  },
};

/** @param {number} number */
const clamp = (number) => Math.max(-LIMIT, Math.min(LIMIT, number));

/**
 * Overwrite the numbers of a tensor, from one of its cells on. Missing inputs are added.
 *
 * @param {State} state
 * @param {{ role: import("./attention.js").Source, row: number, column: number }} place
 * @param {Matrix} rows
 * @returns {boolean} false if the rows do not fit; then nothing is written
 */
export function pasteRows(state, { role, row, column }, rows) {
  const matrix = state[role] ?? [];
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
 * Write a state as a fragment: "#lab=" and, between slashes, the inputs and projections (rows
 * separated by semicolons, numbers by commas), scale and causal (0 or 1), the temperature, the tokens.
 * A target follows the inputs after "_". With two heads, the projections are wider.
 *
 * @param {State} state
 */
export function encode(state) {
  const [inputs, target, ...projections] = SOURCES.map((role) => state[role]?.join(";"));
  const matrices = [target ? `${inputs}_${target}` : inputs, ...projections];
  const settings = [Number(state.scale), Number(state.causal), state.temperature];
  return LINK + [...matrices, ...settings, ...state.tokens.map(encodeURIComponent)].join("/");
}

/**
 * Read a fragment. The matrices must have the shapes of `start`, or those with the columns and the
 * target of `spare`. The number of inputs may differ, up to MAX_INPUTS.
 *
 * @param {string} fragment
 * @param {State} start
 * @param {Spare} [spare]
 * @returns {State | null} null for an invalid link, which may come from anybody
 */
export function decode(fragment, start, spare) {
  const parts = fragment.slice(LINK.length).split("/");
  const [lists, w_query = "", w_key, w_value, scale, causal, temperature, ...names] = parts;
  if (names.length < 1 || names.length > MAX_INPUTS) return null;
  const [inputs, target] = lists.split(/_(.*)/);
  const { length: height, 0: first } = start.w_query;
  const heads = spare?.columns.length && w_query.split(";")[0].split(",").length > first.length ? 2 : 1;
  /** @param {string} text @param {"w_query" | "w_key" | "w_value"} role */
  const projection = (text, role) => decodeMatrix(text, height, start[role][0].length + heads - 1);

  const state = {
    inputs: decodeMatrix(inputs, names.length, height),
    w_query: projection(w_query, "w_query"),
    w_key: projection(w_key, "w_key"),
    w_value: projection(w_value, "w_value"),
    heads,
    scale: decodeFlag(scale),
    causal: decodeFlag(causal),
    temperature: decodeTemperature(temperature),
    tokens: decodeNames(names),
    ...(target !== undefined && { target: decodeMatrix(target, spare?.target.length ?? 0, height) }),
  };
  if (Object.values(state).includes(null)) return null;
  return /** @type {State} */ ({ target: null, ...state });
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
 * Return the temperature, rounded to a step of the slider, or null.
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
    return null; // malformed percent-encoding
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
  const { target, heads, scale, causal, temperature } = state;
  const lines = [
    "import torch",
    "",
    "torch.set_printoptions(sci_mode=False)",
    "",
    `x = ${tensor(state.inputs)}`,
  ];
  if (target) lines.push(`target = ${tensor(target)}`);
  for (const role of PROJECTIONS) lines.push(`${role} = ${tensor(state[role])}`);
  lines.push("", `queries = ${target ? "target" : "x"} @ w_query`, "keys = x @ w_key", "values = x @ w_value");
  if (heads > 1)
    for (const name of ["queries", "keys", "values"])
      lines.push(`${name} = ${name}.unflatten(-1, (${heads}, -1)).transpose(0, 1)`);
  lines.push("", `scores = queries @ keys.${heads > 1 ? "m" : ""}T`);
  if (scale) lines.push("scores = scores / keys.shape[-1] ** 0.5");
  if (temperature !== 1) lines.push(`scores = scores / ${temperature}`);
  if (causal && !target) {
    lines.push("mask = torch.ones_like(scores, dtype=torch.bool).tril()");
    lines.push('scores = scores.masked_fill(~mask, float("-inf"))');
  }
  lines.push("weights = torch.softmax(scores, dim=-1)", "outputs = weights @ values");
  if (heads > 1) lines.push("outputs = outputs.transpose(0, 1).flatten(1)");
  lines.push("print(outputs)", "");
  return lines.join("\n");
}
