// SPDX-License-Identifier: MIT
// @ts-check
// What the pages do beyond reading. The build joins this module and those it imports into one
// classic script (engine/site/scripts.py): browsers refuse modules that come from a disk. It runs
// before the theme's script, whose configuration and requests it changes.

import { offerAnswers } from "./exercises.js";
import { offerDownloads, offerPrograms } from "./programs.js";
import { closeTermsOnEscape, repairPage } from "./repairs.js";

// From a disk, the theme's instant navigation ends every other script of the theme.
if (location.protocol === "file:") {
  const config = document.querySelector("#__config");
  if (config) config.textContent = (config.textContent ?? "").replace("navigation.instant", "");
}

// The theme asks for the search index on each page, a third of all its bytes. The answer waits
// until somebody searches.
const searched = new Promise((resolve) => {
  addEventListener("focusin", ({ target }) => {
    if (target instanceof Element && target.closest(".md-search")) resolve(undefined);
  });
});

window.XMLHttpRequest = class extends XMLHttpRequest {
  isSearch = false;

  /**
   * @param {string} method
   * @param {string | URL} url
   * @param {any} others
   */
  open(method, url, ...others) {
    this.isSearch = /search(_index)?\.json$/.test(String(url));
    super.open(method, url, .../** @type {[boolean]} */ (others));
  }

  /** @param {XMLHttpRequestBodyInit | null} [body] */
  async send(body) {
    if (this.isSearch) await searched;
    super.send(body);
  }
};

closeTermsOnEscape();

// The theme's script makes document$, which announces each page, after instant navigation too.
addEventListener("DOMContentLoaded", () => {
  /** @type {{ subscribe: (next: () => void) => void }} */
  const pages = Reflect.get(globalThis, "document$");
  pages.subscribe(() => {
    repairPage();
    offerPrograms();
    offerDownloads();
    offerAnswers();
  });
});
