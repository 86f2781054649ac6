// SPDX-License-Identifier: MIT
// @ts-check
// Lists and matrices of numbers as readers paste or type them.

import { SLASHES, parseNumber } from "./numbers.js";

/**
 * Return the rows of numbers in a text, or null if any part of it is not a number. The text is a
 * list, tuple or nested list as Python and torch print them, spreadsheet cells, or lines of numbers.
 *
 * @param {string} text
 * @returns {number[][] | null}
 */
export function parseRows(text) {
  const lists = text.match(/[[(][^[\]()]*[\])]/g);
  const lines = lists ? lists.map((list) => list.slice(1, -1)) : text.split("\n");
  const rows = [];
  for (const line of lines) {
    if (!line.trim()) continue;
    const row = parseRow(line, lists !== null);
    if (!row) return null;
    rows.push(row);
  }
  return rows.length ? rows : null;
}

/**
 * @param {string} line
 * @param {boolean} commasSeparate whether "1,2" is two numbers, and not 1.2
 * @returns {number[] | null}
 */
function parseRow(line, commasSeparate) {
  const tight = line.replace(SLASHES, "/");
  const separators = [/[\s,;]+/];
  if (!commasSeparate) separators.unshift(/[;,]?\s+|;/);
  for (const separator of separators) {
    const numbers = [];
    for (const part of tight.split(separator)) if (part) numbers.push(parseNumber(part));
    if (!numbers.includes(null)) return /** @type {number[]} */ (numbers);
  }
  return null;
}
