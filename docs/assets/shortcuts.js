// SPDX-License-Identifier: MIT
// @ts-check
// The list of keyboard shortcuts, which `?` and a button in the footer open.

import { load } from "./later.js";

export const SHOW = "show-shortcuts"; // the event that shortcut_list.js waits for

async function showList() {
  await load("shortcut_list.js");
  dispatchEvent(new Event(SHOW));
}

/** @param {EventTarget | null} target */
const isTyping = (target) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches("input:not([type=radio]), textarea, select"));

/** Show the button in the footer. It is hidden without scripts. */
export function showShortcutsButton() {
  const button = document.querySelector("button.show-shortcuts");
  if (button instanceof HTMLElement) button.hidden = false;
}

/** Let `?` and the button in the footer show the list. */
export function offerShortcuts() {
  addEventListener("keydown", (event) => {
    if (event.key !== "?" || event.ctrlKey || event.metaKey || isTyping(event.target)) return;
    event.preventDefault();
    showList();
  });
  addEventListener("click", ({ target }) => {
    if (target instanceof Element && target.closest("button.show-shortcuts")) showList();
  });
}
