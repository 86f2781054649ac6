// SPDX-License-Identifier: MIT
// @ts-check
// Where a number comes from, or goes: in words, and as the cells to mark. Pure.

import { spell, spellList } from "../numbers.js";
import { spellProducts, spellSoftmax } from "../sums.js";
import { RECIPES, isPairwise, isSource, transpose, usersOf } from "./attention.js";
import { LIMIT, nameOf } from "./state.js";

/**
 * @typedef {import("./attention.js").Role} Role
 * @typedef {import("./attention.js").Result} Result
 * @typedef {import("./state.js").State} State
 *
 * What sentences are about: the state, all tensors, and what the page calls each of them.
 *
 * @typedef {object} Scene
 * @property {State} state
 * @property {Record<Role, number[][]>} tensors
 * @property {Record<Role, string>} names
 *
 * @typedef {{ role: Role, row: number, column: number }} Place
 *
 * A whole tensor, or one row, one column or one cell of it.
 *
 * @typedef {{ role: Role, row?: number, column?: number }} Area
 *
 * A sentence, the cells that it is computed from, and its result.
 *
 * @typedef {{ words: string, sources: Area[], results: Area[] }} Explanation
 */

/**
 * Return a place as code and in words: "weights[0, 1] (cat → dog)".
 *
 * @param {Scene} scene
 * @param {Place} place
 */
function namePlace({ state, names }, { role, row, column }) {
  const code = `${names[role]}[${row}, ${column}]`;
  const hasInputRows = role === "inputs" || !isSource(role);
  const rowName = hasInputRows ? nameOf(state, row) : `row ${row + 1}`;
  if (isPairwise(role)) return `${code} (${rowName} → ${nameOf(state, column)})`;
  return `${code} (${rowName}, column ${column + 1})`;
}

/**
 * Return what the scores are divided by, as the end of a formula: " ÷ √3 ÷ 0.5".
 *
 * @param {State} state
 */
function divisors({ scale, temperature, w_key }) {
  const root = scale ? ` ÷ √${w_key[0].length}` : "";
  return temperature === 1 ? root : `${root} ÷ ${temperature}`;
}

/**
 * Return what is done to the scores after the products: " ÷ √3, masked".
 *
 * @param {State} state
 */
const afterProducts = (state) => divisors(state) + (state.causal ? ", masked" : "");

/**
 * Return the formula of a result in the names of the page.
 *
 * @param {Scene} scene
 * @param {Result} role
 */
export function formula({ state, names }, role) {
  const { rule, of } = RECIPES[role];
  const [left, right] = of.map((source) => names[source]);
  if (rule === "softmax") return `softmax(${left})`;
  return rule === "scores" ? `${left} @ ${right}.T${afterProducts(state)}` : `${left} @ ${right}`;
}

/**
 * Explain one cell: for a typed number what it goes into, for a computed one its sum.
 *
 * @param {Scene} scene
 * @param {Place} place
 * @returns {Explanation}
 */
export function explainCell(scene, place) {
  const { role } = place;
  const { words, sources } = isSource(role)
    ? explainSource(scene, { ...place, role })
    : explainResult(scene, { ...place, role });
  return { words: `${namePlace(scene, place)}: ${words}`, sources, results: [place] };
}

/**
 * Say that what is typed in a cell is not used.
 *
 * @param {Scene} scene
 * @param {Place} place
 * @param {string} typed
 * @returns {Explanation}
 */
export function explainRefusal(scene, place, typed) {
  const most = LIMIT.toLocaleString("en");
  const last = spell(scene.tensors[place.role][place.row][place.column]);
  const words =
    `“${typed}” is not a number from −${most} to ${most}. ` +
    `The last good one, ${last}, stays in use.`;
  return { words: `${namePlace(scene, place)}: ${words}`, sources: [], results: [place] };
}

/**
 * @param {Scene} scene
 * @param {Place & { role: import("./attention.js").Source }} place
 */
function explainSource({ tensors, names }, { role, row, column }) {
  const value = spell(tensors[role][row][column]);
  const users = usersOf(role);
  const list = users.map((user) => names[user]).join(", ");
  const touched = role === "inputs" ? { row } : { column };
  return {
    words: `${value}, which goes into ${list}`,
    sources: users.map((user) => ({ role: user, ...touched })),
  };
}

/**
 * @param {Scene} scene
 * @param {Place & { role: Result }} place
 * @returns {{ words: string, sources: Area[] }}
 */
function explainResult({ state, tensors }, { role, row, column }) {
  const value = spell(tensors[role][row][column]);
  const { rule, of } = RECIPES[role];
  const [left, right = left] = of;
  const numbers = tensors[left][row];

  if (isPairwise(role) && tensors.scores[row][column] === -Infinity) {
    const words = `${value}, masked, since ${nameOf(state, column)} comes later`;
    return { words, sources: [] };
  }
  if (rule === "softmax") {
    const weight = tensors[role][row][column];
    return { words: spellSoftmax(numbers, column, weight), sources: [{ role: left, row }] };
  }
  const isScore = rule === "scores";
  const factors = isScore ? tensors[right][column] : transpose(tensors[right])[column];
  const sum = spellProducts(numbers, factors);
  const divided = isScore && divisors(state) ? `(${sum})${divisors(state)}` : sum;
  return {
    words: `${divided} = ${value}`,
    sources: [{ role: left, row }, isScore ? { role: right, row: column } : { role: right, column }],
  };
}

/**
 * Return the steps of one query from its input to its output.
 *
 * @param {Scene} scene
 * @param {number} row of the query
 * @returns {Explanation[]}
 */
export function explainSteps(scene, row) {
  const { state, tensors, names } = scene;

  /** @param {Role} role @param {string} words @param {Area[]} sources @returns {Explanation} */
  const one = (role, words, ...sources) => ({
    words: `${words} = ${spellList(tensors[role][row])}`,
    sources,
    results: [{ role, row }],
  });
  /** @param {Result} role @param {string} words @returns {Explanation} */
  const all = (role, words) => ({
    words: `${words}: ${formula(scene, role)}`,
    sources: RECIPES[role].of.map((source) => ({ role: source })),
    results: [{ role }],
  });
  const blend = tensors.weights[row].map(
    (weight, key) => `${spell(weight)}×${spellList(tensors.values[key])}`,
  );

  return [
    one("inputs", `1. Row ${row + 1} of ${names.inputs}, ${nameOf(state, row)}`),
    one("queries", `2. Its query, what it looks for: its row @ ${names.w_query}`,
      { role: "inputs", row }, { role: "w_query" }),
    all("keys", "3. The keys, what each input is found by"),
    one("scores", `4. Its scores: its query · each key${afterProducts(state)}`,
      { role: "queries", row }, { role: "keys" }),
    one("weights", `5. Its weights, which sum to 1: ${formula(scene, "weights")}`,
      { role: "scores", row }),
    all("values", "6. The values, what each input hands on"),
    one("outputs", `7. Its output: ${blend.join(" + ")}`,
      { role: "weights", row }, { role: "values" }),
  ];
}

/**
 * Return whether an area covers a place.
 *
 * @param {Area} area
 * @param {Place} place
 */
export const covers = (area, { role, row, column }) =>
  area.role === role && (area.row ?? row) === row && (area.column ?? column) === column;
