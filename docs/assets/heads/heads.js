// SPDX-License-Identifier: MIT
// @ts-check
// <attention-map> shows where the heads of a language model look. It replaces the table inside it. The
// build joins this module and those it imports into one classic script (engine/site/scripts.py).

import { make } from "../dom.js";
import { Maps, describe, moved, nameOf, percent } from "./maps.js";

/**
 * @typedef {import("./maps.js").Data} Data
 * @typedef {import("./maps.js").Place} Place
 */

const PAUSE = 400; // milliseconds before a screen reader announces where a word looks

/** @param {string} className @param {(Node | string)[]} content */
const div = (className, ...content) => make("div", { className }, ...content);

/**
 * @param {HTMLElement} element
 * @param {number} share from 0 to 1, shown by the color
 */
const shade = (element, share) => element.style.setProperty("--share", share.toFixed(2));

class AttentionMap extends HTMLElement {
  /** @type {Data} */
  #data = /** @type {never} */ (undefined);

  /** @type {Maps} of the current sentence */
  #maps = /** @type {never} */ (undefined);

  /** @type {Place} */
  #place = { sentence: 0, layer: 0, head: 0, query: 0, key: 0 };

  #announcement = 0;
  #sentence = make("select");
  #layer = make("select");
  #head = make("select");
  #key = make("select");
  #words = make("div", { className: "heads-words", role: "radiogroup", ariaLabel: "Look from" });
  #said = make("p", { className: "heads-said" });
  #live = make("p", { className: "heads-live", role: "status" });
  #map = make("div", { className: "heads-map", ariaHidden: "true" });
  #all = make("div", { className: "heads-all", role: "grid" });
  #asked = make("span");

  /** @type {HTMLElement[][]} cells of the map, by query and key */
  #cells = [];

  /** @type {HTMLElement[][]} cells of the overview, by head and layer */
  #overview = [];

  connectedCallback() {
    const template = this.querySelector("template");
    const text = template?.content.textContent;
    if (!text) return; // built already, or without data
    this.#data = JSON.parse(text);
    this.#build();
    this.#listen();
    const [, sentence, layer, head, query] = this.#data.named[0];
    this.#show({ sentence, layer, head, query });
  }

  disconnectedCallback() {
    clearTimeout(this.#announcement);
  }

  #build() {
    const { layers, heads, sentences, named } = this.#data;
    const option = (/** @type {string} */ text, /** @type {number} */ value) =>
      make("option", { value: String(value) }, text);
    const numbers = (/** @type {number} */ count) =>
      Array.from({ length: count }, (_, number) => option(String(number), number));
    const spoken = (/** @type {string[]} */ words) => words.join(" ").replace(/ (?=[.,]|'t)/g, "");
    this.#sentence.append(...sentences.map(({ words }, index) => option(spoken(words), index)));
    this.#layer.append(...numbers(layers));
    this.#head.append(...numbers(heads));
    const tries = named.map(([name, sentence, layer, head, query]) =>
      make(
        "button",
        { type: "button", onclick: () => this.#show({ sentence, layer, head, query }) },
        name,
      ),
    );
    this.#overview = Array.from({ length: heads }, (_, head) =>
      Array.from({ length: layers }, (_, layer) => this.#dot(layer, head)),
    );
    const rows = this.#overview.map((cells) => {
      const row = div("heads-row", ...cells);
      row.role = "row";
      return row;
    });
    this.#all.append(...rows);
    this.replaceChildren(
      div("heads-tools", make("span", {}, "Try:"), ...tries),
      div(
        "heads-tools",
        make("label", { className: "heads-wide" }, "Sentence", this.#sentence),
        make("label", {}, "Layer", this.#layer),
        make("label", {}, "Head", this.#head),
      ),
      this.#words,
      this.#said,
      div(
        "heads-pictures",
        div("heads-picture", make("p", {}, "This head: queries down, keys across"), this.#map),
        div(
          "heads-picture",
          make("p", {}, make("label", {}, "All heads: how much ", this.#asked, this.#key)),
          this.#all,
          make("p", { className: "heads-axes" }, "layers across, heads down, both from 0"),
        ),
      ),
      this.#live,
    );
  }

  /** Make a cell of the overview. @param {number} layer @param {number} head */
  #dot(layer, head) {
    const cell = make("div", { className: "heads-dot", role: "gridcell", tabIndex: -1 });
    cell.addEventListener("click", () => this.#show({ layer, head }, true));
    cell.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const { layers, heads } = this.#data;
      const to = moved(event.key, layer, head, layers, heads);
      if (!to) return;
      event.preventDefault();
      this.#show({ layer: to[0], head: to[1] }, true);
    });
    return cell;
  }

  #listen() {
    const listen = (/** @type {HTMLSelectElement} */ select, /** @type {keyof Place} */ name) =>
      select.addEventListener("change", () => this.#show({ [name]: Number(select.value) }));
    listen(this.#sentence, "sentence");
    listen(this.#layer, "layer");
    listen(this.#head, "head");
    listen(this.#key, "key");
  }

  /**
   * Show another place. Without a key, the overview shows the key that the query looks at most.
   *
   * @param {Partial<Place>} changes
   * @param {boolean} [focusesHead] whether the focus moves to the head in the overview
   */
  #show(changes, focusesHead = false) {
    const before = this.#place;
    const place = { ...before, ...changes };
    if (!this.#maps || place.sentence !== before.sentence) this.#open(place);
    place.query = Math.min(place.query, this.#maps.words.length - 1);
    const row = this.#maps.row(place.layer, place.head, place.query);
    const leads = "query" in changes || "sentence" in changes;
    if ((leads && !("key" in changes)) || place.key > place.query)
      place.key = row.indexOf(Math.max(...row));
    this.#place = place;
    this.#fill(row);
    if (focusesHead) this.#overview[place.head][place.layer].focus();
  }

  /** Show the words and the empty map of a sentence. @param {Place} place */
  #open(place) {
    this.#maps = new Maps(this.#data, place.sentence);
    const { words } = this.#maps;
    this.#words.replaceChildren(
      ...words.map((word, query) => {
        const button = make("button", { type: "button", role: "radio" });
        button.append(make("span", {}, word), make("small"));
        button.addEventListener("pointerenter", () => this.#show({ query }));
        button.addEventListener("focus", () => this.#show({ query }));
        button.addEventListener("click", () => this.#show({ query }));
        button.addEventListener("keydown", (event) => {
          const to = moved(event.key, query, 0, words.length, 1);
          if (!to || event.altKey || event.ctrlKey || event.metaKey) return;
          event.preventDefault();
          const next = /** @type {HTMLElement} */ (this.#words.children[to[0]]);
          next.focus();
        });
        return button;
      }),
    );
    this.#cells = words.map((_, query) =>
      Array.from({ length: query + 1 }, () => div("heads-cell")),
    );
    const rows = this.#cells.map((cells, query) => {
      const row = div("heads-row", ...cells, make("span", {}, words[query]));
      row.addEventListener("pointerenter", () => this.#show({ query }));
      return row;
    });
    this.#map.replaceChildren(...rows);
    this.#map.style.setProperty("--length", String(words.length));
  }

  /** @param {number[]} row the weights of the current query */
  #fill(row) {
    const { sentence, layer, head, query, key } = this.#place;
    const { words } = this.#maps;
    for (const [select, value] of /** @type {const} */ ([
      [this.#sentence, sentence],
      [this.#layer, layer],
      [this.#head, head],
    ]))
      select.value = String(value);
    for (const [index, word] of Array.from(this.#words.children).entries()) {
      const button = /** @type {HTMLElement} */ (word);
      const isFuture = index > query;
      button.ariaChecked = String(index === query);
      button.tabIndex = index === query ? 0 : -1;
      button.classList.toggle("heads-future", isFuture);
      button.children[1].textContent = isFuture ? "–" : percent(row[index]);
      shade(button, isFuture ? 0 : row[index]);
    }
    for (const [from, cells] of this.#cells.entries()) {
      const shares = this.#maps.row(layer, head, from);
      cells[0].parentElement?.classList.toggle("heads-on", from === query);
      for (const [to, cell] of cells.entries()) shade(cell, shares[to]);
    }
    const keys = words.slice(0, query + 1).map((_, index) =>
      make("option", { value: String(index) }, nameOf(words, index)),
    );
    this.#key.replaceChildren(...keys);
    this.#key.value = String(key);
    this.#asked.textContent = `${nameOf(words, query)} looks at `;
    this.#all.ariaLabel = `All heads: how much ${nameOf(words, query)} looks at ${nameOf(words, key)}`;
    for (const [of, cells] of this.#overview.entries())
      for (const [at, cell] of cells.entries()) {
        const share = this.#maps.row(at, of, query)[key];
        const isHere = at === layer && of === head;
        shade(cell, share);
        cell.ariaLabel = `layer ${at}, head ${of}: ${percent(share)}`;
        cell.title = cell.ariaLabel;
        cell.tabIndex = isHere ? 0 : -1;
        cell.ariaSelected = String(isHere);
      }
    const said = describe(words, row, this.#place);
    this.#said.textContent = said;
    clearTimeout(this.#announcement);
    this.#announcement = window.setTimeout(() => (this.#live.textContent = said), PAUSE);
  }
}

// Instant navigation runs the script again on each visit to the page.
if (!customElements.get("attention-map")) customElements.define("attention-map", AttentionMap);
