// SPDX-License-Identifier: MIT
// @ts-check
// What the theme leaves to be desired, put right on each page after it has loaded.

const SCROLLING = "pre > code, .md-typeset__scrollwrap, div.arithmatex, figure.drawing:not([data-numbers])";

// What scrolls sideways must be reachable by keyboard, and only while it does scroll.
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

/** From a disk, no server turns "inputs/" into "inputs/index.html". */
function nameIndexPages() {
  for (const link of document.querySelectorAll("a")) {
    const isFolder = link.protocol === "file:" && link.pathname.endsWith("/");
    if (isFolder) link.pathname += "index.html";
  }
}

/** Let Escape close the box of a term until the pointer or the focus moves on. */
export function closeTermsOnEscape() {
  const reopen = () => document.body.classList.remove("no-terms");
  addEventListener("focusin", reopen);
  addEventListener("pointerover", reopen);
  addEventListener("keydown", ({ key }) => {
    if (key === "Escape") document.body.classList.add("no-terms");
  });
}

/** The theme's switch of colors is a label with the focus of a button: let Space press it, too. */
export function pressWithSpace() {
  addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (key !== " " || !(target instanceof HTMLLabelElement)) return;
    event.preventDefault();
    target.click();
  });
}
