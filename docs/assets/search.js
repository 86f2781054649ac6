// SPDX-License-Identifier: MIT
// @ts-check
// The search index is a third of all bytes of a page, and the theme requests it on every page. This
// module delays the request until a reader turns to the search, and shows a message if it fails.

const FAILED = "The search could not be loaded. Load the page again to try once more.";

/** @param {Event} event */
const isInSearch = ({ target }) =>
  target instanceof Element && target.closest(".md-search, [for=__search]");

/** Delay the request for the index. Call this before the theme's script runs. */
export function waitForSearch() {
  const wanted = new Promise((resolve) => {
    for (const type of ["focusin", "pointerover"]) {
      addEventListener(type, (event) => isInSearch(event) && resolve(undefined));
    }
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
      if (this.isSearch) {
        await wanted;
        this.addEventListener("loadend", () => this.status === 200 || sayThatItFailed());
      }
      super.send(body);
    }
  };
}

function sayThatItFailed() {
  const status = document.querySelector(".md-search-result__meta");
  if (status) status.textContent = FAILED;
}
