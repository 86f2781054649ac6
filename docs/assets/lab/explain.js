// SPDX-License-Identifier: MIT
// @ts-check
// Explains a number of the lab: its sum or its uses in words, and the cells to mark. Pure.

import { spell, spellList } from "../numbers.js";
import { spellProducts, spellSoftmax } from "../sums.js";
import { isPairwise, isSource, part, recipeOf, transpose, usersOf } from "./attention.js";
import { LIMIT, nameOf, queryName } from "./state.js";

/**
 * @typedef {import("./attention.js").Role} Role
 * @typedef {import("./attention.js").Result} Result
 * @typedef {import("./state.js").State} State
 *
 * The subject of the sentences: the state, all tensors, and their names on the page.
 *
 * @typedef {object} Scene
 * @property {State} state
 * @property {Record<Role, number[][]>} tensors
 * @property {Record<Role, string>} names
 *
 * @typedef {{ role: Role, row: number, column: number }} Place
 *
 * A whole tensor, or one row, one column or one cell of it, or of the columns of one head.
 *
 * @typedef {{ role: Role, row?: number, column?: number, head?: number }} Area
 *
 * A sentence, the cells that it is computed from, and its result.
 *
 * @typedef {{ words: string, sources: Area[], results: Area[] }} Explanation
 */

/**
 * Return the head of a row of scores or weights, and its query.
 *
 * @param {Scene} scene
 * @param {number} row
 */
export function headAndQuery({ tensors }, row) {
  const { length } = tensors.queries;
  return { head: Math.floor(row / length), query: row % length };
}

/**
 * Return the name of a row.
 *
 * @param {Scene} scene
 * @param {Role} role
 * @param {number} row
 */
export function rowName(scene, role, row) {
  if (["inputs", "keys", "values"].includes(role)) return nameOf(scene.state, row);
  if (role[0] === "w" && isSource(role)) return `row ${row + 1}`;
  return queryName(scene.state, headAndQuery(scene, row).query);
}

/**
 * Return a place as code and in words: "weights[0, 1] (cat → dog)".
 *
 * @param {Scene} scene
 * @param {Place} place
 */
function namePlace(scene, { role, row, column }) {
  const { state, names } = scene;
  const name = rowName(scene, role, row);
  if (!isPairwise(role)) return `${names[role]}[${row}, ${column}] (${name}, column ${column + 1})`;
  const { head, query } = headAndQuery(scene, row);
  const [code, words] = state.heads > 1 ? [`${head}, `, `head ${head + 1}, `] : ["", ""];
  return `${names[role]}[${code}${query}, ${column}] (${words}${name} → ${nameOf(state, column)})`;
}

/**
 * Return the divisors of the scores, as the end of a formula: " ÷ √3 ÷ 0.5".
 *
 * @param {State} state
 */
function divisors({ heads, scale, temperature, w_key }) {
  const root = scale ? ` ÷ √${w_key[0].length / heads}` : "";
  return temperature === 1 ? root : `${root} ÷ ${temperature}`;
}

/**
 * Return what happens to the scores after the products: " ÷ √3, masked".
 *
 * @param {State} state
 */
const afterProducts = (state) =>
  divisors(state) + (state.causal && !state.target ? ", masked" : "");

/**
 * Return the formula of a result in the names of the page.
 *
 * @param {Scene} scene
 * @param {Result} role
 */
export function formula({ state, names }, role) {
  const { rule, of } = recipeOf(role, state);
  const [left, right] = of.map((source) => names[source]);
  if (rule === "softmax") return `softmax(${left})`;
  const byHead = state.heads > 1 && ["scores", "outputs"].includes(role) ? ", head by head" : "";
  return `${left} @ ${right}${rule === "scores" ? `.T${afterProducts(state)}` : ""}${byHead}`;
}

/**
 * Explain one cell: the uses of a typed number, the sum of a computed one.
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
 * Explain that the text typed into a cell is not used.
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
function explainSource({ state, tensors, names }, { role, row, column }) {
  const value = spell(tensors[role][row][column]);
  const users = usersOf(role, state);
  const list = users.map((user) => names[user]).join(", ");
  const touched = role[0] === "w" ? { column } : { row };
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
function explainResult(scene, { role, row, column }) {
  const { state, tensors } = scene;
  const value = spell(tensors[role][row][column]);
  const { rule, of } = recipeOf(role, state);
  const [left, right = left] = of;

  if (isPairwise(role) && tensors.scores[row][column] === -Infinity) {
    const words = `${value}, masked, since ${nameOf(state, column)} comes later`;
    return { words, sources: [] };
  }
  if (rule === "softmax") {
    const weight = tensors[role][row][column];
    return { words: spellSoftmax(tensors[left][row], column, weight), sources: [{ role: left, row }] };
  }
  if (rule === "scores") {
    const { head, query } = headAndQuery(scene, row);
    const [ours, theirs] = [left, right].map((of) => part(tensors[of], head, state.heads));
    const sum = spellProducts(ours[query], theirs[column]);
    const divided = divisors(state) ? `(${sum})${divisors(state)}` : sum;
    return {
      words: `${divided} = ${value}`,
      sources: [{ role: left, row: query, head }, { role: right, row: column, head }],
    };
  }
  const head = role === "outputs" ? headOf(scene, role, column) : 0;
  const down = row + head * tensors.queries.length; // the weights stack the heads
  return {
    words: `${spellProducts(tensors[left][down], transpose(tensors[right])[column])} = ${value}`,
    sources: [{ role: left, row: down }, { role: right, column }],
  };
}

/**
 * Return the head that a column belongs to.
 *
 * @param {Scene} scene
 * @param {Role} role
 * @param {number} column
 */
const headOf = ({ state, tensors }, role, column) =>
  Math.floor((column * state.heads) / tensors[role][0].length);

/**
 * Return the steps of one query from its input to its output.
 *
 * @param {Scene} scene
 * @param {number} row of the query
 * @returns {Explanation[]}
 */
export function explainSteps(scene, row) {
  const { state, tensors, names } = scene;
  const source = state.target ? "target" : "inputs";
  const { length } = tensors.queries;
  /** @param {Role} role @returns {Area[]} the row of the query, one in each head */
  const rowsOf = (role) =>
    Array.from({ length: isPairwise(role) ? state.heads : 1 }, (_, head) => ({ role, row: row + head * length }));

  /** @param {Role} role @param {string} words @param {Area[]} sources @returns {Explanation} */
  const one = (role, words, ...sources) => {
    const results = rowsOf(role);
    const lists = results.map(({ row = 0 }) => spellList(tensors[role][row]));
    return { words: `${words} = ${lists.join(" and ")}`, sources, results };
  };
  /** @param {Result} role @param {string} words @returns {Explanation} */
  const all = (role, words) => ({
    words: `${words}: ${formula(scene, role)}`,
    sources: recipeOf(role, state).of.map((source) => ({ role: source })),
    results: [{ role }],
  });
  const blends = rowsOf("weights").map(({ row = 0 }, head) => {
    const values = part(tensors.values, head, state.heads);
    return tensors.weights[row].map((weight, key) => `${spell(weight)}×${spellList(values[key])}`).join(" + ");
  });

  return [
    one(source, `1. Row ${row + 1} of ${names[source]}, ${queryName(state, row)}`),
    one("queries", `2. Its query, what it looks for: its row @ ${names.w_query}`,
      { role: source, row }, { role: "w_query" }),
    all("keys", "3. The keys, what each input is found by"),
    one("scores", `4. Its scores: its query · each key${afterProducts(state)}`,
      { role: "queries", row }, { role: "keys" }),
    one("weights", `5. Its weights, which sum to 1: ${formula(scene, "weights")}`, ...rowsOf("scores")),
    all("values", "6. The values, what each input hands on"),
    one("outputs", `7. Its output: ${blends.join(", beside ")}`, ...rowsOf("weights"), { role: "values" }),
  ];
}

/**
 * Return whether an area covers a place.
 *
 * @param {Area} area
 * @param {Place} place
 * @param {Scene} scene
 */
export const covers = (area, { role, row, column }, scene) =>
  area.role === role &&
  (area.row ?? row) === row &&
  (area.column ?? column) === column &&
  (area.head === undefined || area.head === headOf(scene, role, column));
