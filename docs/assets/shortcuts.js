// SPDX-License-Identifier: MIT
// @ts-check
// The keys that the theme and the lab know, listed where `?` is pressed.

import { make } from "./dom.js";

const KEYS = [
  ["/", "search"],
  ["n", "next page"],
  ["p", "previous page"],
  ["arrows", "from cell to cell in the lab and in figures"],
  ["Esc", "close what is open"],
  ["?", "this list"],
];

/** @returns {HTMLDialogElement} */
function makeList() {
  const list = make("dl");
  for (const [key, what] of KEYS) {
    list.append(make("dt", {}, make("kbd", { textContent: key })), make("dd", {}, what));
  }
  const close = make("button", { className: "md-button", textContent: "Close" });
  const dialog = make("dialog", { className: "shortcuts md-typeset" });
  dialog.append(make("h2", { id: "shortcuts" }, "Keyboard shortcuts"), list, close);
  dialog.setAttribute("aria-labelledby", "shortcuts");
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("keydown", (event) => event.stopPropagation()); // from the theme's keys
  document.body.append(dialog);
  return dialog;
}

const showList = () => document.querySelector("dialog.shortcuts") ?? makeList().showModal();

/** @param {EventTarget | null} target */
const isTyping = (target) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches("input:not([type=radio]), textarea, select"));

/** Show the button in the footer, which only a script can answer. */
export function showShortcutsButton() {
  const button = document.querySelector("button.show-shortcuts");
  if (button instanceof HTMLElement) button.hidden = false;
}

/** Let `?`, and the button in the footer, show the list. */
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
