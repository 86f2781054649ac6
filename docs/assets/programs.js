// SPDX-License-Identifier: MIT
// @ts-check
// The copy buttons of code blocks. The template before a block holds its complete program.

import { copy, make } from "./dom.js";

/** @param {Element} block @returns {string} the program of a block, or "" */
const programOf = ({ previousElementSibling: before }) =>
  before instanceof HTMLTemplateElement ? (before.content.textContent ?? "") : "";

/** @param {Element} block */
const codeOf = (block) => block.querySelector("code")?.textContent ?? "";

/**
 * Make a button that copies a text and confirms it for two seconds.
 *
 * @param {string} label
 * @param {string} title
 * @param {() => string} text
 * @param {Element} block that the text is put after if the clipboard is blocked
 */
function copyButton(label, title, text, block) {
  const button = make("button", { type: "button", title, ariaLive: "polite", textContent: label });
  button.addEventListener("click", async () => {
    const copied = await copy(text(), "The program", (box) => block.after(box));
    button.textContent = copied ? "Copied" : "Not copied";
    setTimeout(() => (button.textContent = label), 2000);
  });
  return button;
}

/**
 * Make the button that opens the menu of a block, which offers to copy only the visible lines.
 *
 * @param {Element} block
 */
function menuButton(block) {
  const opener = make("button", { type: "button", ariaLabel: "Other ways to copy" });
  const close = () => {
    opener.nextElementSibling?.remove();
    opener.ariaExpanded = "false";
  };
  const open = () => {
    const title = "Without what they need to run";
    const less = copyButton("Copy only these lines", title, () => codeOf(block), block);
    less.className = "copy-less";
    opener.after(less);
    opener.ariaExpanded = "true";
  };
  opener.ariaExpanded = "false";
  opener.addEventListener("click", () => (opener.nextElementSibling ? close() : open()));
  return { opener, close };
}

/** Give each code block a button that copies a complete program. */
export function offerPrograms() {
  for (const block of document.querySelectorAll("article .highlight:not(.no-copy)")) {
    if (block.querySelector(".copy")) continue;
    const bar = make("span", { className: "copy" });
    const program = programOf(block);
    const title = program && "Copy this code with all that it needs to run anywhere";
    bar.append(copyButton("Copy", title, () => program || codeOf(block), block));
    if (program && program.trim() !== codeOf(block).trim()) {
      const { opener, close } = menuButton(block);
      bar.append(opener);
      bar.addEventListener("keydown", ({ key }) => {
        if (key !== "Escape") return;
        close();
        opener.focus();
      });
      bar.addEventListener("focusout", ({ relatedTarget }) => {
        if (relatedTarget && !bar.contains(/** @type {Node} */ (relatedTarget))) close();
      });
    }
    block.append(bar);
  }
}

/** Give each block that shows a whole file (class "download") a link that saves it. */
export function offerDownloads() {
  for (const block of document.querySelectorAll("template.program + .download")) {
    if (block.nextElementSibling?.matches("[download]")) continue;
    const name = block.querySelector(".filename")?.textContent?.split("/").pop() ?? "";
    const text = encodeURIComponent(programOf(block));
    const link = make("a", {
      className: "md-button",
      download: name,
      href: `data:text/x-python;charset=utf-8,${text}`,
    });
    link.append(`Download ${name}`);
    block.after(link);
  }
}
