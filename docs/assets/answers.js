// SPDX-License-Identifier: MIT
// @ts-check
// Explains a number of a figure: in words, and as the cells that it was computed from. Pure.

import { spell, spellFactor } from "./numbers.js";
import { spellProducts, spellSoftmax } from "./sums.js";

/**
 * A tensor of a figure, as its drawing wrote it (`answer` in snippets/drawing/pieces.py).
 *
 * @typedef {object} Tensor
 * @property {string} name as in code
 * @property {string} color such as "C5", or "black"
 * @property {number[][]} values
 * @property {string | string[]} rows the name of all rows, or of each row
 * @property {string | string[]} columns
 * @property {boolean} [vector] whether one index is enough
 * @property {number[]} [cells] x, y, width and height of the first cell, if drawn
 * @property {string[]} [made] a rule, and the names of the tensors that it reads
 *
 * @typedef {{ tensor: Tensor, row: number, column: number }} Place
 *
 * A tensor, or one row, one column or one cell of it.
 *
 * @typedef {{ tensor: Tensor, row?: number, column?: number }} Area
 */

/**
 * Return the tensors of a figure. JSON has no infinity and no NaN, so these are written as words.
 *
 * @param {string} json
 * @returns {Tensor[]}
 */
export function readTensors(json) {
  /** @type {Record<string, number>} */
  const words = { inf: Infinity, "-inf": -Infinity, nan: NaN };
  const tensors = /** @type {Tensor[]} */ (JSON.parse(json));
  for (const tensor of tensors)
    tensor.values = tensor.values.map((row) => row.map((number) => words[number] ?? number));
  return tensors;
}

/**
 * Return the name of a row or a column.
 *
 * @param {string | string[]} names
 * @param {number} index
 */
const nameOf = (names, index) =>
  Array.isArray(names) ? names[index] : `${names} ${index + 1}`;

/**
 * Return a place as code and in words, as the lab does: "weights[0, 1] (loan → river)". A tensor
 * with a title and no name in code is named in words alone: "a window of 3 (query 1 → key 2)".
 *
 * @param {Place} place
 */
export function namePlace({ tensor, row, column }) {
  const { name, rows, columns, vector, values } = tensor;
  const down = nameOf(rows, row);
  const across = nameOf(columns, column);
  const between = columns === "column" ? ", " : " → ";
  if (/\s/.test(name)) return `${name} (${down}${between}${across})`;
  if (vector)
    return values.length === 1 && values[0].length > 1
      ? `${name}[${column}] (${across})`
      : `${name}[${row}] (${down})`;
  return `${name}[${row}, ${column}] (${down}${between}${across})`;
}

/**
 * Return the sum behind a number, and the cells that it was computed from.
 *
 * @param {Tensor[]} tensors all tensors of the figure
 * @param {Place} place
 * @returns {{ words: string, sources: Area[] }}
 */
export function explain(tensors, place) {
  const { tensor, row, column } = place;
  const [rule = "", ...names] = tensor.made ?? [];
  const of = names.map((name) => /** @type {Tensor} */ (tensors.find((one) => one.name === name)));
  const value = tensor.values[row][column];
  const { sum, sources } = RULES[rule](of, place, value);
  return { words: `${namePlace(place)}: ${sum}`, sources };
}

/**
 * @typedef {(of: Tensor[], place: Place, value: number) => { sum: string, sources: Area[] }} Rule
 *
 * @type {Record<string, Rule>}
 */
const RULES = {
  "": (_, __, value) => ({ sum: spell(value), sources: [] }),

  product: ([left, right], { row, column }, value) => ({
    sum: `${spellProducts(left.values[row], columnOf(right, column))} = ${spell(value)}`,
    sources: [{ tensor: left, row }, { tensor: right, column }],
  }),

  softmax: ([scores], { row, column }, value) => {
    const isVector = scores.vector && scores.values.length > 1;
    const numbers = isVector ? columnOf(scores, 0) : scores.values[row];
    const index = isVector ? row : column;
    const isMasked = numbers[index] === -Infinity;
    const why = Number.isNaN(value) ? "since all keys are masked" : "masked";
    return {
      sum: isMasked ? `${spell(value)}, ${why}` : spellSoftmax(numbers, index, value),
      sources: [isVector ? { tensor: scores } : { tensor: scores, row }],
    };
  },

  mask: (_, __, value) => ({
    sum: value ? "True, the query may look at this key" : "False, this key is hidden from the query",
    sources: [],
  }),

  // The classic bugs: a softmax over the queries, tokens that never meet, a mask after the softmax,
  // dropout in eval, numbers that moved to another row, and shared heads.
  down: ([scores], { row, column }, value) => ({
    sum: `${spellSoftmax(columnOf(scores, column), row, value)}, over the queries`,
    sources: [],
  }),

  among: ([{ values }], { row, column }, value) => {
    const numbers = values[row].filter(Number.isFinite);
    const index = values[row].slice(0, column).filter(Number.isFinite).length;
    const sum = value ? spellSoftmax(numbers, index, value) : "0, the two are never compared";
    return { sum, sources: [] };
  },

  cut: (of, place, value) =>
    value ? RULES.softmax(of, place, value) : { sum: "0, put there after the softmax", sources: [] },

  dropped: (_, __, value) => ({
    sum: value ? `${spell(value / 2)} ÷ 0.5 = ${spell(value)}` : "0, dropped",
    sources: [],
  }),

  token: ([{ values }], { row, column }, value) => ({
    sum: `number ${values[row][column]} of token ${value}`,
    sources: [],
  }),

  serves: (_, __, value) => ({
    sum: value ? "1, this head of keys serves the query head" : "0, another head of keys serves it",
    sources: [],
  }),

  // The steps of a worksheet: scores compare rows with rows, and a softmax takes two steps.
  scores: ([queries, keys, { values }], { row, column }, value) => {
    const [[divisor]] = values;
    const sum = spellProducts(queries.values[row], keys.values[column]);
    const divided = divisor === 1 ? sum : `(${sum}) ÷ ${spell(divisor)}`;
    return {
      sum: value === -Infinity ? "hidden" : `${divided} = ${spell(value)}`,
      sources: [{ tensor: queries, row }, { tensor: keys, row: column }],
    };
  },

  power: ([scores], { row, column }, value) => {
    const numbers = scores.values[row];
    const below = numbers[column] - Math.max(...numbers);
    return { sum: `exp(${spell(below)}) = ${spell(value)}`, sources: [{ tensor: scores, row }] };
  },

  share: ([powers], { row, column }, value) => {
    const numbers = powers.values[row];
    const total = numbers.map(spell).join(" + ");
    const sum = `${spell(numbers[column])} ÷ (${total}), which is ${spell(value)} in tenths`;
    return { sum, sources: [{ tensor: powers, row }] };
  },

  // A mask keeps a score, or puts −∞ in its place.
  masked: ([scores, mask], { row, column }, value) => ({
    sum: mask.values[row][column] ? `${spell(value)}, as it was` : `${spell(value)}, masked`,
    sources: [scores, mask].map((tensor) => ({ tensor, row, column })),
  }),

  // Each row of the right tensor times one number of the left.
  times: ([left, right], { row, column }, value) => {
    const [factor, number] = [left.values[row][0], right.values[row][column]];
    return {
      sum: `${spellFactor(factor)}×${spellFactor(number)} = ${spell(value)}`,
      sources: [{ tensor: left, row }, { tensor: right, row, column }],
    };
  },

  sum: ([rows], { column }, value) => ({
    sum: `${columnOf(rows, column).map(spellFactor).join(" + ")} = ${spell(value)}`,
    sources: [{ tensor: rows, column }],
  }),
};

/**
 * @param {Tensor} tensor
 * @param {number} column
 */
const columnOf = ({ values }, column) => values.map((row) => row[column]);

/**
 * Return the cell at a point of the drawing.
 *
 * @param {Tensor[]} tensors
 * @param {number} x
 * @param {number} y
 * @returns {Place | undefined}
 */
export function placeAt(tensors, x, y) {
  for (const tensor of tensors) {
    if (!tensor.cells) continue;
    const [left, top, width, height] = tensor.cells;
    const [row, column] = [Math.floor((y - top) / height), Math.floor((x - left) / width)];
    if (tensor.values[row]?.[column] !== undefined) return { tensor, row, column };
  }
}

/**
 * Return the rectangle of an area.
 *
 * @param {Area} area of a drawn tensor
 */
export function boxOf({ tensor, row, column }) {
  const { cells = [], values } = tensor;
  const [left, top, width, height] = cells;
  return {
    x: left + (column ?? 0) * width,
    y: top + (row ?? 0) * height,
    width: width * (column === undefined ? values[0].length : 1),
    height: height * (row === undefined ? values.length : 1),
  };
}

/**
 * Return the cell that an arrow key leads to: the neighbor, or beyond an edge the nearest cell of
 * another tensor in that direction.
 *
 * @param {Tensor[]} tensors
 * @param {Place} place
 * @param {number} across -1, 0 or 1
 * @param {number} down
 * @returns {Place}
 */
export function next(tensors, place, across, down) {
  const { tensor } = place;
  const [row, column] = [place.row + down, place.column + across];
  if (tensor.values[row]?.[column] !== undefined) return { tensor, row, column };
  const from = middleOf(place);
  let [best, least] = [place, Infinity];
  for (const other of tensors) {
    if (other === tensor || !other.cells) continue;
    for (const [row, numbers] of other.values.entries())
      for (const column of numbers.keys()) {
        const to = middleOf({ tensor: other, row, column });
        const along = (to.x - from.x) * across + (to.y - from.y) * down;
        const aside = Math.abs((to.x - from.x) * down) + Math.abs((to.y - from.y) * across);
        if (along > 0 && along + 3 * aside < least)
          [best, least] = [{ tensor: other, row, column }, along + 3 * aside];
      }
  }
  return best;
}

/** @param {Place} place */
function middleOf(place) {
  const { x, y, width, height } = boxOf(place);
  return { x: x + width / 2, y: y + height / 2 };
}
