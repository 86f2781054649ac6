// SPDX-License-Identifier: MIT
// @ts-check
// Where a number comes from, in the words that the lab and the figures share.

import { spell, spellFactor } from "./numbers.js";

/**
 * Return a sum of products without its result: "1×2 + 0×(−1)".
 *
 * @param {number[]} left
 * @param {number[]} right
 */
export const spellProducts = (left, right) =>
  left.map((number, k) => `${spellFactor(number)}×${spellFactor(right[k])}`).join(" + ");

/**
 * Return how softmax computes one weight: "exp(0) ÷ (exp(0) + exp(−2)) = 0.8808 (each score …)".
 *
 * @param {number[]} scores the row of scores
 * @param {number} column
 * @param {number} weight
 */
export function spellSoftmax(scores, column, weight) {
  const greatest = Math.max(...scores);
  const powers = scores.map((score) => `exp(${spell(score - greatest)})`);
  const quotient = `${powers[column]} ÷ (${powers.join(" + ")}) = ${spell(weight)}`;
  return `${quotient} (each score less the greatest, ${spell(greatest)})`;
}
