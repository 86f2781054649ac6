// SPDX-License-Identifier: MIT
// @ts-check
// The list of keys that the theme, the lab and figures know. shortcuts.js loads this script when a
// reader first asks for the list.

import { make } from "./dom.js";
import { SHOW } from "./shortcuts.js";

const KEYS = [
  ["/", "search"],
  ["n", "next page"],
  ["p", "previous page"],
  ["arrows", "from cell to cell in the lab and in figures"],
  ["Esc", "close what is open"],
  ["?", "this list"],
];

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
  dialog.addEventListener("keydown", (event) => event.stopPropagation()); // not to the theme
  document.body.append(dialog);
  return dialog;
}

addEventListener(SHOW, () => document.querySelector("dialog.shortcuts") ?? makeList().showModal());
