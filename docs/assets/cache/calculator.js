// SPDX-License-Identifier: MIT
// @ts-check
// <cache-calculator> puts a form above the table that the build wrote inside it, and reads the
// models from the rows of that table.

import { make } from "../dom.js";
import { cacheBytes, inWords, parseWhole, withCommas } from "./sizes.js";

/** @typedef {import("./sizes.js").Model} Model */

const SIZES = { "16 bits: bf16, fp16": 2, "8 bits: fp8, int8": 1, "32 bits: fp32": 4 };

class CacheCalculator extends HTMLElement {
  /** @type {Model[]} */
  #models = [];

  #model = make("select");
  #size = make("select");
  #tokens = number("131,072");
  #texts = number("1");
  #result = make("output");

  connectedCallback() {
    if (this.querySelector("form")) return; // instant navigation moved the element
    this.#models = [...this.querySelectorAll("tbody tr")].map(readRow);
    this.#model.append(...this.#models.map(({ name }) => make("option", {}, name)));
    this.#model.value = "Llama 3 8B";
    this.#size.append(...Object.keys(SIZES).map((name) => make("option", {}, name)));
    const form = make(
      "form",
      {},
      make("label", {}, "Model ", this.#model),
      make("label", {}, "Tokens ", this.#tokens),
      make("label", {}, "Texts in a batch ", this.#texts),
      make("label", {}, "Numbers of ", this.#size),
      this.#result,
    );
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", () => this.#show());
    this.prepend(form);
    this.#show();
  }

  #show() {
    const model = this.#models[this.#model.selectedIndex];
    const counts = [this.#tokens, this.#texts].map((input) => {
      const count = parseWhole(input.value);
      input.ariaInvalid = String(!count);
      return count;
    });
    const [tokens, texts] = counts;
    const size = Object.values(SIZES)[this.#size.selectedIndex];
    this.#result.textContent =
      model && tokens && texts
        ? `${inWords(cacheBytes(model, tokens, texts, size))}. ` +
          `One more token in each text adds ${withCommas(growth(model, tokens, texts, size))} bytes.`
        : "Tokens and texts are whole numbers from 1.";
  }
}

/**
 * @param {Model} model
 * @param {number} tokens
 * @param {number} texts
 * @param {number} size
 */
const growth = (model, tokens, texts, size) =>
  cacheBytes(model, tokens + 1, texts, size) - cacheBytes(model, tokens, texts, size);

/** @param {string} value */
const number = (value) => make("input", { value, inputMode: "numeric", size: 9 });

/**
 * Return the model of a row: its name, then four numbers, 0 for a cell that holds a word.
 *
 * @param {Element} row
 * @returns {Model}
 */
function readRow(row) {
  const [name, ...cells] = [...row.children].map((cell) => cell.textContent?.trim() ?? "");
  const [full, windowed, window, numbers] = cells.map((cell) => parseWhole(cell) ?? 0);
  return { name, full, windowed, window, numbers };
}

customElements.define("cache-calculator", CacheCalculator);
