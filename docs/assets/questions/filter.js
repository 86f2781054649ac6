// SPDX-License-Identifier: MIT
// @ts-check
// <question-filter> shows the questions that match a reader's words. A question is a heading of the
// third level with the text below it, in groups under headings of the second. Without scripts the
// element stays empty. The build joins this module and those it imports into one classic script
// (engine/site/scripts.py).

import { make } from "../dom.js";
import { count, matches, plain } from "./matches.js";

/** @typedef {import("./matches.js").Question & { parts: HTMLElement[] }} Shown */

const PAUSE = 400; // milliseconds before a screen reader announces the count

class QuestionFilter extends HTMLElement {
  /** @type {Shown[]} */
  #questions = [];

  /** @type {Map<string, HTMLElement[]>} the headings of groups, and their introductions */
  #groups = new Map();

  #words = make("input", { type: "search", autocomplete: "off", spellcheck: false });
  #group = make("select");
  #said = make("output");
  #live = make("p", { className: "question-live", role: "status" });
  #announcement = 0;

  connectedCallback() {
    if (!this.#questions.length) this.#build();
    addEventListener("hashchange", this.#reveal);
  }

  disconnectedCallback() {
    removeEventListener("hashchange", this.#reveal);
    clearTimeout(this.#announcement);
  }

  #build() {
    this.#read();
    const option = (/** @type {string} */ text, value = text) => make("option", { value }, text);
    this.#group.append(option("All groups", ""), ...[...this.#groups.keys()].map((g) => option(g)));
    const form = make(
      "form",
      {},
      make("label", {}, "Words ", this.#words),
      make("label", {}, "Group ", this.#group),
      this.#said,
      this.#live,
    );
    form.role = "search";
    form.ariaLabel = "Questions";
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", () => this.#show());
    this.replaceChildren(form);
    this.#show(false);
  }

  /** Collect the questions from the elements that follow. */
  #read() {
    let group = "";
    let parts = /** @type {HTMLElement[]} */ ([]);
    for (let next = this.nextElementSibling; next; next = next.nextElementSibling) {
      const part = /** @type {HTMLElement} */ (next);
      if (part.tagName === "H2") {
        group = heading(part);
        this.#groups.set(group, (parts = []));
      }
      if (part.tagName === "H3") this.#questions.push({ group, text: "", parts: (parts = []) });
      if (group) parts.push(part);
    }
    for (const question of this.#questions)
      question.text = plain(question.parts.map((part) => part.textContent).join(" "));
  }

  /** @param {boolean} announces */
  #show(announces = true) {
    const shown = new Set();
    let number = 0;
    for (const question of this.#questions) {
      const isShown = matches(question, this.#words.value, this.#group.value);
      for (const part of question.parts) part.hidden = !isShown;
      if (!isShown) continue;
      number += 1;
      shown.add(question.group);
    }
    for (const [group, parts] of this.#groups)
      for (const part of parts) part.hidden = !shown.has(group);
    this.#said.textContent = count(number, this.#questions.length);
    clearTimeout(this.#announcement);
    const say = () => (this.#live.textContent = this.#said.textContent);
    if (announces) this.#announcement = window.setTimeout(say, PAUSE);
  }

  /** Show all questions if a link leads to a hidden one. */
  #reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target?.hidden) return;
    this.#words.value = this.#group.value = "";
    this.#show();
    target.scrollIntoView();
  };
}

/**
 * Return the text of a heading without its permalink sign.
 *
 * @param {HTMLElement} element
 */
function heading(element) {
  const copy = /** @type {HTMLElement} */ (element.cloneNode(true));
  for (const link of copy.querySelectorAll(".headerlink")) link.remove();
  return copy.textContent?.trim() ?? "";
}

// Instant navigation runs the script again on each visit to the page.
if (!customElements.get("question-filter")) customElements.define("question-filter", QuestionFilter);
