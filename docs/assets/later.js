// SPDX-License-Identifier: MIT
// @ts-check
// Scripts that not every page needs: exercises, where there are some; what lets figures answer, once a
// reader turns to one; the list of shortcuts, once it is asked for.

import { make } from "./dom.js";

export const HINT = "Point at a number, or tap it, to see where it comes from.";
export const FOLLOWED = "followed"; // the key under which the browser remembers the input, "0" to "2"
const here = /** @type {HTMLScriptElement} */ (document.currentScript).src; // not known later on
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
  script.onerror = () => loading.delete(name); // so that whoever asks next tries again
  loading.set(name, loaded);
  document.head.append(script);
  return loaded;
}

/**
 * Call a function for this page, and for each one that follows by instant navigation. The theme's
 * script makes document$, which announces them.
 *
 * @param {() => void} act
 */
export function onEachPage(act) {
  /** @type {{ subscribe: (next: () => void) => void } | undefined} */
  const pages = Reflect.get(globalThis, "document$");
  if (pages) pages.subscribe(act);
  else act(); // without the theme's script this page is the only one
}

/** Load what this page needs. */
export function loadParts() {
  if (document.querySelector("details.quiz")) load("exercises.js");
  for (const figure of document.querySelectorAll("figure[data-numbers]")) {
    figure.querySelector("svg")?.setAttribute("tabindex", "0"); // so that the Tab key leads there
    const told = figure.querySelector(".told");
    if (told) told.textContent ||= HINT;
  }
  if (followsAWord()) load("figures.js");
}

/** Load what lets figures answer when a pointer or the focus comes to one, and then repeat what it did. */
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

/** Whether the reader chose a word on another page, whose rows figures mark. */
function followsAWord() {
  try {
    return document.querySelector(".follow") !== null && localStorage.getItem(FOLLOWED) !== null;
  } catch {
    return false; // the browser keeps nothing
  }
}
