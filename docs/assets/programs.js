// SPDX-License-Identifier: MIT
// @ts-check
// Each code block brings the program that it is a part of, in a template before it.

import { copy, make } from "./dom.js";

const LABEL = "As a program";

/** Give each block that has a program a button that copies it. */
export function offerPrograms() {
  for (const program of document.querySelectorAll("template.program")) {
    const block = program.nextElementSibling;
    if (!block?.matches(".highlight") || block.querySelector(".copy-program")) continue;
    const text = /** @type {HTMLTemplateElement} */ (program).content.textContent ?? "";
    const button = make("button", {
      className: "copy-program",
      title: "Copy this code with all that it needs to run anywhere",
      ariaLive: "polite",
      textContent: LABEL,
    });
    button.addEventListener("click", async () => {
      const copied = await copy(text, "The program", (box) => block.after(box));
      button.textContent = copied ? "Copied" : "Not copied";
      setTimeout(() => (button.textContent = LABEL), 2000);
    });
    block.append(button);
  }
}

/** Give each block that shows a whole file (of the class "download") a link that saves it. */
export function offerDownloads() {
  for (const block of document.querySelectorAll("template.program + .download")) {
    if (block.nextElementSibling?.matches("[download]")) continue;
    const program = /** @type {HTMLTemplateElement} */ (block.previousElementSibling);
    const name = block.querySelector(".filename")?.textContent?.split("/").pop() ?? "";
    const text = encodeURIComponent(program.content.textContent ?? "");
    const link = make("a", {
      className: "md-button",
      download: name,
      href: `data:text/x-python;charset=utf-8,${text}`,
    });
    link.append(`Download ${name}`);
    block.after(link);
  }
}
