// SPDX-License-Identifier: MIT
// @ts-check
// Repairs of the theme, made on each page after it has loaded.

const SCROLLING = "pre > code, .md-typeset__scrollwrap, div.arithmatex, figure.drawing:not([data-numbers])";

// A box that scrolls sideways must be reachable by keyboard, but only while it does scroll.
const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.setAttribute("tabindex", "0");
    else target.removeAttribute("tabindex");
  }
});

/** Repair the page that was loaded last. */
export function repairPage() {
  sizes.disconnect();
  for (const box of document.querySelectorAll(SCROLLING)) sizes.observe(box);
  if (location.protocol === "file:") nameIndexPages();
}

/** Add "index.html" to links to folders, as a server would: pages opened from a disk have none. */
function nameIndexPages() {
  for (const link of document.querySelectorAll("a")) {
    const isFolder = link.protocol === "file:" && link.pathname.endsWith("/");
    if (isFolder) link.pathname += "index.html";
  }
}

/** Let Escape close the box of a term until the pointer or the focus moves. */
export function closeTermsOnEscape() {
  const reopen = () => document.body.classList.remove("no-terms");
  addEventListener("focusin", reopen);
  addEventListener("pointerover", reopen);
  addEventListener("keydown", ({ key }) => {
    if (key === "Escape") document.body.classList.add("no-terms");
  });
}

/** Let Space press the theme's color switch, a label that takes the focus like a button. */
export function pressWithSpace() {
  addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (key !== " " || !(target instanceof HTMLLabelElement)) return;
    event.preventDefault();
    target.click();
  });
}
