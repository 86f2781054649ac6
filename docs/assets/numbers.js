// SPDX-License-Identifier: MIT
// @ts-check
// Numbers as readers type them, and as sentences and cells show them: the only parser and formatter
// of the site.

const DECIMAL = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?`;
const NUMBER = new RegExp(String.raw`^(${DECIMAL})(?:/(${DECIMAL}))?(%?)\.?$`, "i");
export const SLASHES = /\s*[/\u2044\u2215\u00f7]\s*/g; // slash, fraction slash, division slash, ÷
const MINUSES = /[\u2212\u2013]/g; // minus sign, and the en dash that keyboards put there
const VULGAR_FRACTION = /(?<!\d)[\u00bc-\u00be\u2150-\u215e]/g; // ½, but not in 1½

/**
 * Return the number that a text means, or null: "2", "−1,5", ".5", "5e-1", "1 / 3", "½", "50%". A
 * period at the end is ignored.
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
 * Return a number for a sentence, as the chapters write it: up to 4 decimals, or 5 digits.
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
 * Return a short number for a cell. All numbers of a tensor get the same number of decimals.
 *
 * @param {number} number
 * @param {boolean} whole whether all numbers of the tensor are whole
 */
export function shorten(number, whole) {
  if (Math.abs(number) >= 1e5) return typeset(number.toExponential(1));
  return typeset(number.toFixed(whole ? 0 : 2).replace("-0.00", "0.00"));
}

/** @param {number[]} numbers */
export const spellList = (numbers) => `[${numbers.map(spell).join(", ")}]`;

/**
 * Return a number for a product: negative numbers get parentheses.
 *
 * @param {number} number
 */
export const spellFactor = (number) => (number < 0 ? `(${spell(number)})` : spell(number));
