// SPDX-License-Identifier: MIT
// @ts-check
// The reader's work, as the browser stores it. Storage may be blocked, full, or hold anything at
// all; the site then works as if nothing had been stored.

const KEY = "attention-progress-1"; // raise the number when the format changes

/**
 * The reader's work on one page.
 *
 * @typedef {object} PageWork
 * @property {Record<string, string[]>} answers the texts in the fields of an exercise, by its id
 * @property {string[]} solved the ids of exercises
 * @property {boolean} finished whether every exercise of the page is solved
 */

/**
 * @typedef {object} Work
 * @property {Record<string, PageWork>} pages by their addresses below the site
 * @property {{ path: string, title: string } | null} last the chapter that was open last
 */

/** @param {unknown} value @returns {value is Record<string, any>} */
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** @param {unknown} value @returns {string[]} */
const strings = (value) =>
  Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];

/** @param {unknown} value @returns {PageWork} */
function pageWorkOf(value) {
  const { answers, solved, finished } = isObject(value) ? value : /** @type {any} */ ({});
  const entries = Object.entries(isObject(answers) ? answers : {});
  return {
    answers: Object.fromEntries(entries.map(([id, fields]) => [id, strings(fields)])),
    solved: strings(solved),
    finished: finished === true,
  };
}

/** @returns {Work} */
export function readWork() {
  let kept;
  try {
    kept = JSON.parse(localStorage.getItem(KEY) ?? "{}");
  } catch {
    // blocked, or not JSON
  }
  const { pages, last } = isObject(kept) ? kept : /** @type {any} */ ({});
  const entries = Object.entries(isObject(pages) ? pages : {});
  const isPlace = isObject(last) && strings([last.path, last.title]).length === 2;
  return {
    pages: Object.fromEntries(entries.map(([path, work]) => [path, pageWorkOf(work)])),
    last: isPlace ? { path: last.path, title: last.title } : null,
  };
}

/**
 * Change the stored work.
 *
 * @param {(work: Work) => void} change
 */
export function updateWork(change) {
  const work = readWork(); // another tab may have changed it
  change(work);
  try {
    localStorage.setItem(KEY, JSON.stringify(work));
  } catch {
    // blocked or full: the change is lost
  }
}

/**
 * Return the stored work of a page, for changing. A missing page is added.
 *
 * @param {Work} work
 * @param {string} path
 */
export const workOn = (work, path) => (work.pages[path] ??= pageWorkOf(null));

export function forgetWork() {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // blocked: there is nothing to delete
  }
}
