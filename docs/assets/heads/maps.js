// SPDX-License-Identifier: MIT
// @ts-check
// Decodes the weights of all heads from the text of the build, and describes them. Pure.

/**
 * The data of the build (snippets/language_model/what_heads_do/maps.py). Digits stand for indices.
 *
 * @typedef {object} Data
 * @property {string} digits the digits in ascending order
 * @property {number} steps the index that stands for a weight of 1
 * @property {number} layers
 * @property {number} heads
 * @property {{ words: string[], weights: string }[]} sentences
 * @property {Named[]} named
 *
 * A head worth a look: name, sentence, layer, head, query.
 *
 * @typedef {[string, number, number, number, number]} Named
 *
 * The reader's position. All indices count from 0.
 *
 * @typedef {{ sentence: number, layer: number, head: number, query: number, key: number }} Place
 */

/** The weights of one sentence. */
export class Maps {
  /**
   * @param {Data} data
   * @param {number} index of the sentence
   */
  constructor(data, index) {
    const { words, weights } = data.sentences[index];
    this.words = words;
    this.heads = data.heads;
    this.digits = data.digits;
    this.steps = data.steps;
    this.weights = weights;
    // Without its first key, query q has q weights. The queries of a head follow one another.
    this.perHead = (words.length * (words.length - 1)) / 2;
  }

  /**
   * Return the weights of a query, one for each key up to itself. The first key gets the remainder.
   *
   * @param {number} layer
   * @param {number} head
   * @param {number} query
   */
  row(layer, head, query) {
    const start = (layer * this.heads + head) * this.perHead + (query * (query - 1)) / 2;
    const row = [0];
    let left = this.steps;
    for (let key = 1; key <= query; key++) {
      const digit = this.digits.indexOf(this.weights[start + key - 1]);
      row.push(digit / this.steps);
      left -= digit;
    }
    row[0] = Math.max(0, left / this.steps);
    return row;
  }
}

/** @param {number} share */
export const percent = (share) => `${Math.round(100 * share)}%`;

/**
 * Return a sentence for a screen reader: where a word looks, largest share first.
 *
 * @param {string[]} words
 * @param {number[]} row
 * @param {Place} place
 */
export function describe(words, row, { layer, head, query }) {
  const most = row
    .map((share, key) => ({ share, key }))
    .filter(({ share }) => share >= 0.05)
    .sort((one, other) => other.share - one.share)
    .slice(0, 3)
    .map(({ share, key }) => `${nameOf(words, key)} ${percent(share)}`);
  const looks = most.length ? most.join(", ") : "no word with 5% or more";
  return `Layer ${layer}, head ${head}: ${nameOf(words, query)} looks at ${looks}.`;
}

/**
 * Return a word, with a number if the sentence has it more than once: "the (2)".
 *
 * @param {string[]} words
 * @param {number} index
 */
export function nameOf(words, index) {
  const word = words[index];
  const count = words.filter((other) => other === word).length;
  const number = words.slice(0, index + 1).filter((other) => other === word).length;
  return count > 1 ? `${word} (${number})` : word;
}

/** @type {Record<string, [number, number]>} columns and rows */
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * Return where a key leads in a grid, or null at the edge and for keys that do not move.
 *
 * @param {string} key
 * @param {number} column
 * @param {number} row
 * @param {number} columns
 * @param {number} rows
 * @returns {[number, number] | null}
 */
export function moved(key, column, row, columns, rows) {
  if (key === "Home") return [0, row];
  if (key === "End") return [columns - 1, row];
  if (!(key in MOVES)) return null;
  const [x, y] = [column + MOVES[key][0], row + MOVES[key][1]];
  return x >= 0 && x < columns && y >= 0 && y < rows ? [x, y] : null;
}
