// SPDX-License-Identifier: MIT
// @ts-check
// Numbers as readers type them, and as sentences and cells show them: one parser and one formatter
// for the lab and the exercises.

const DECIMAL = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?`;
const NUMBER = new RegExp(String.raw`^(${DECIMAL})(?:/(${DECIMAL}))?(%?)\.?$`, "i");
export const SLASHES = /\s*[/\u2044\u2215\u00f7]\s*/g; // the plain one, those of fractions, and ÷
const MINUSES = /[\u2212\u2013]/g; // the real minus, and the dash that keyboards make of it
const VULGAR_FRACTION = /(?<!\d)[\u00bc-\u00be\u2150-\u215e]/g; // ½, but not that of 1½

/**
 * Return the number that a text means, or null: "2", "−1,5", ".5", "5e-1", "1 / 3", "½", "50%". A
 * full stop after it is the sentence's.
 *
 * @param {string} text
 * @returns {number | null}
 */
export function parseNumber(text) {
  const plain = text
    .trim()
    .replace(MINUSES, "-")
    .replace(VULGAR_FRACTION, (sign) => sign.normalize("NFKC"))
    .replace(SLASHES, "/")
    .replace(",", ".");
  const found = NUMBER.exec(plain);
  if (!found) return null;
  const [, top, bottom = "1", percent] = found;
  const number = Number(top) / Number(bottom) / (percent ? 100 : 1);
  return Number.isFinite(number) ? number + 0 : null; // + 0 makes −0 a plain 0
}

/** @param {number | string} number */
const typeset = (number) =>
  String(number).replaceAll("-", "\u2212").replace("e+", "e").replace("Infinity", "\u221e");

/**
 * Return a number for a sentence: whole, or with up to 4 decimals, as the chapters write it.
 *
 * @param {number} number
 */
export function spell(number) {
  if (Number.isSafeInteger(number)) return typeset(number);
  const size = Math.abs(number);
  if (size > 1e6) return typeset(number.toExponential(4));
  return typeset(Number(size < 1e-3 ? number.toPrecision(5) : number.toFixed(4)));
}

/**
 * Return a number for a cell: short, and in one form throughout a tensor.
 *
 * @param {number} number
 * @param {boolean} whole whether all numbers of its tensor are whole
 */
export function shorten(number, whole) {
  if (Math.abs(number) >= 1e5) return typeset(number.toExponential(1));
  return typeset(number.toFixed(whole ? 0 : 2).replace("-0.00", "0.00"));
}

/** @param {number[]} numbers */
export const spellList = (numbers) => `[${numbers.map(spell).join(", ")}]`;

/**
 * Return a number for a product; a minus gets parentheses.
 *
 * @param {number} number
 */
export const spellFactor = (number) => (number < 0 ? `(${spell(number)})` : spell(number));
