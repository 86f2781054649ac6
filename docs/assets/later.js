// SPDX-License-Identifier: MIT
// @ts-check
// Loads the scripts that only some pages need: exercises if there are any, figures.js once a reader
// turns to a figure, the list of shortcuts once it is asked for.

import { make } from "./dom.js";

export const HINT = "Point at a number, or tap it, to see where it comes from.";
export const FOLLOWED = "followed"; // localStorage key of the followed input, "0" to "2"
const here = /** @type {HTMLScriptElement} */ (document.currentScript).src; // null later on
const ANSWERING = "figure[data-numbers] svg, .follow button";

/** @type {Map<string, Promise<unknown>>} */
const loading = new Map();

/**
 * Load a script of this folder, once.
 *
 * @param {string} name
 */
export function load(name) {
  const known = loading.get(name);
  if (known) return known;
  const script = make("script", { src: new URL(name, here).href });
  const loaded = new Promise((resolve) => (script.onload = resolve));
  script.onerror = () => loading.delete(name); // so that the next call tries again
  loading.set(name, loaded);
  document.head.append(script);
  return loaded;
}

/**
 * Call a function for this page, and for each page that instant navigation loads. document$, from
 * the theme's script, announces these pages.
 *
 * @param {() => void} act
 */
export function onEachPage(act) {
  /** @type {{ subscribe: (next: () => void) => void } | undefined} */
  const pages = Reflect.get(globalThis, "document$");
  if (pages) pages.subscribe(act);
  else act(); // without the theme's script there is no instant navigation
}

/** Load the scripts that this page needs. */
export function loadParts() {
  if (document.querySelector("details.quiz")) load("exercises.js");
  for (const figure of document.querySelectorAll("figure[data-numbers]")) {
    figure.querySelector("svg")?.setAttribute("tabindex", "0"); // so that the Tab key leads there
    const told = figure.querySelector(".told");
    if (told) told.textContent ||= HINT;
  }
  if (followsAWord()) load("figures.js");
}

/** Load figures.js when the pointer or the focus first reaches a figure, then repeat the event. */
export function loadFiguresWhenAsked() {
  let isThere = false;
  const listen = async (/** @type {Event} */ event) => {
    const { target } = event;
    if (isThere || !(target instanceof Element && target.closest(ANSWERING))) return;
    await load("figures.js");
    isThere = true;
    if (!(event instanceof MouseEvent)) return;
    const { clientX, clientY } = event;
    const again = { bubbles: true, clientX, clientY };
    if (event.type === "click") target.dispatchEvent(new MouseEvent("click", again));
    else if (event instanceof PointerEvent) {
      const { pointerType } = event;
      target.dispatchEvent(new PointerEvent("pointermove", { ...again, pointerType }));
    }
  };
  for (const kind of ["pointerover", "focusin", "click"]) addEventListener(kind, listen);
}

/** Return whether the reader follows a word, whose rows figures mark. */
function followsAWord() {
  try {
    return document.querySelector(".follow") !== null && localStorage.getItem(FOLLOWED) !== null;
  } catch {
    return false; // storage is blocked
  }
}
