// SPDX-License-Identifier: MIT
// @ts-check
// The search among the questions. Pure.

/**
 * A question of the page: the name of its group, and its full text, as `plain` returns it.
 *
 * @typedef {{ group: string, text: string }} Question
 */

/**
 * Return a text without case, accents, backquotes and quotation marks.
 *
 * @param {string} text
 */
export const plain = (text) =>
  text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[\u0060"“”'’]/g, "");

/**
 * Return whether a question is in the group (any group for "") and contains every word.
 *
 * @param {Question} question
 * @param {string} words as typed
 * @param {string} group
 */
export function matches(question, words, group) {
  const wanted = plain(words).split(/\s+/);
  return (!group || question.group === group) && wanted.every((w) => question.text.includes(w));
}

/**
 * Return a sentence with the number of questions shown.
 *
 * @param {number} shown
 * @param {number} all
 */
export function count(shown, all) {
  if (shown === all) return `All ${all} questions`;
  return shown ? `${shown} of ${all} questions` : "No question has all of these words.";
}
