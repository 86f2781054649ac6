// SPDX-License-Identifier: MIT
// @ts-check
// The size of a KV cache, computed as in snippets/language_model/kv_cache/sizes.py.

/**
 * @typedef {object} Model
 * @property {string} name
 * @property {number} full layers that keep every token
 * @property {number} windowed layers that keep the last `window` tokens
 * @property {number} window
 * @property {number} numbers that a layer keeps for a token
 */

/**
 * Return the bytes of the caches of several texts of the same length.
 *
 * @param {Model} model
 * @param {number} tokens in each text
 * @param {number} texts
 * @param {number} size bytes of a number
 */
export function cacheBytes({ full, windowed, window, numbers }, tokens, texts, size) {
  return (full * tokens + windowed * Math.min(tokens, window)) * numbers * size * texts;
}

/**
 * Return a number of bytes in words: with commas, and in both units that are called a gigabyte.
 *
 * @param {number} bytes
 */
export function inWords(bytes) {
  const [billions, powers] = [bytes / 1e9, bytes / 2 ** 30].map((number) => number.toFixed(2));
  return `${withCommas(bytes)} bytes: ${billions} GB, or ${powers} GiB`;
}

/** @param {number} number */
export const withCommas = (number) => String(number).replace(/\B(?=(\d{3})+(?!\d))/g, ",");

/**
 * Return the whole number in a cell or a reader's text, or null. Commas, spaces and underscores may
 * separate thousands.
 *
 * @param {string} text
 */
export function parseWhole(text) {
  const plain = text.trim().replace(/(?<=\d)[, _](?=\d{3})/g, "");
  return /^\d{1,12}$/.test(plain) ? Number(plain) : null;
}
