// SPDX-License-Identifier: MIT
// @ts-check
// <attention-lab> replaces the tables that the build wrote inside it. The build joins this module
// and those it imports into one classic script (engine/site/scripts.py).

import { copy, make } from "../dom.js";
import { parseRows } from "../lists.js";
import { spellList } from "../numbers.js";
import { PROJECTIONS, isSource } from "./attention.js";
import { explainCell, explainRefusal, explainSteps } from "./explain.js";
import { moveFocus, moveOf } from "./keyboard.js";
import {
  EXPERIMENTS,
  LINK,
  TEMPERATURE,
  computeTensors,
  decode,
  encode,
  nameOf,
  parseEntry,
  pasteRows,
  queryName,
  randomize,
  switchHeads,
  toPyTorch,
} from "./state.js";
import { Tables, button, div, paint, readTables, summarize } from "./view.js";

/**
 * @typedef {import("./explain.js").Explanation} Explanation
 * @typedef {import("./explain.js").Place} Place
 * @typedef {import("./explain.js").Scene} Scene
 * @typedef {import("./state.js").State} State
 * @typedef {import("./view.js").Written} Written
 */

const HINT = "Change a number, or point at a result to see where it comes from.";
const TWO_HEADS = "Each projection has four columns now, two for each head.";
const CROSS = "The queries come from the target, keys and values from x.";
const MAX_UNDOS = 100;
const PAUSE = 800; // milliseconds without typing before a screen reader announces the outputs

class AttentionLab extends HTMLElement {
  /** @type {Map<string, Written>} the tables of the page, by role */
  #written = new Map();

  /** @type {State} the numbers of the page */
  #start = /** @type {never} */ (undefined);

  /** @type {import("./state.js").Spare} the initial numbers of two heads and of cross-attention */
  #spare = /** @type {never} */ (undefined);

  /** @type {State} */
  #state = /** @type {never} */ (undefined);

  /** @type {Scene} the state and the tensors computed from it */
  #scene = /** @type {never} */ (undefined);

  /** @type {Tables} */
  #tables = /** @type {never} */ (undefined);

  #path = "";
  #step = 0; // index in #steps()
  #announcement = 0;

  /** @type {Place | undefined} the cell under the pointer */
  #hovered;

  #pointer = ""; // its position when it last entered an element

  /** @type {Scene["tensors"]} all tensors when the reader began to edit */
  #before = /** @type {never} */ (undefined);

  /** @type {string[]} the links to earlier states, which "Undo" goes back to */
  #past = [];

  #link = ""; // to the state that was stored last

  #sum = make("p", { className: "lab-sum", id: "lab-sum" });
  #live = make("p", { className: "lab-live", role: "status" });
  #summary = make("div", { className: "lab-summary", ariaHidden: "true" });
  #sources = make("div", { className: "lab-sources" });
  #results = make("div", { className: "lab-watch" });
  #undo = button("Undo", () => this.#goBack(), { disabled: true });

  /** @type {HTMLAnchorElement | null} the page's link to the worksheets */
  #worksheet = null;
  #query = make("select");

  // The margins are the header and the bar, which cover the outputs.
  #outputsInSight = new IntersectionObserver(
    ([{ intersectionRatio }]) => this.classList.toggle("lab-outputs-away", intersectionRatio < 1),
    { rootMargin: "-50px 0px -60px", threshold: 1 },
  );

  // A phone's keyboard covers the bottom of the screen, and the bar unless it is raised.
  #raiseBar = () => {
    const { height = innerHeight, offsetTop = 0 } = visualViewport ?? {};
    const covered = `${Math.max(0, innerHeight - height - offsetTop)}px`;
    if (this.style.getPropertyValue("--lab-covered") === covered) return;
    this.style.setProperty("--lab-covered", covered);
    const active = document.activeElement;
    if (active && this.#sources.contains(active)) active.scrollIntoView({ block: "nearest" });
  };

  connectedCallback() {
    this.#written = readTables(this);
    this.#worksheet = this.querySelector("a");
    const numbersOf = (/** @type {string} */ role) => this.#written.get(role)?.numbers ?? [];
    const [inputs, w_query, w_key, w_value] = ["inputs", ...PROJECTIONS].map(numbersOf);
    if (![inputs, w_query, w_key, w_value].every((matrix) => matrix.length)) return; // no tables of the build
    const names = this.dataset.names?.split(" ") ?? [];
    const tokens = inputs.map((_, index) => names[index] ?? "");
    const settings = { target: null, heads: 1, scale: false, causal: false, temperature: 1, tokens };
    this.#start = { inputs, w_query, w_key, w_value, ...settings };
    const { target, columns } = this.dataset;
    this.#spare = { target: JSON.parse(target ?? "[]"), columns: JSON.parse(columns ?? "[]") };
    this.#written.set("target", { name: "target", color: "tensor-inputs", numbers: [] });
    this.#path = location.pathname;
    this.#build();
    this.#listen();
    this.openLink();
  }

  disconnectedCallback() {
    clearTimeout(this.#announcement);
    this.#outputsInSight.disconnect();
    for (const kind of ["resize", "scroll"])
      visualViewport?.removeEventListener(kind, this.#raiseBar);
  }

  #build() {
    const experiments = Object.entries(EXPERIMENTS).map(([label, { perform, notice }]) =>
      button(label, () => this.#replace(perform, notice)),
    );
    const tools = div(
      "lab-tools",
      make("span", {}, "Try:"),
      ...experiments,
      this.#undo,
      button("Reset", () => this.#reset()),
    );
    const exports = div(
      "lab-tools",
      button("Random small integers", () => this.#randomize()),
      button("Copy link", () => this.#copy(location.href, "The link")),
      button("Copy as PyTorch", () => this.#copy(toPyTorch(this.#state), "The script")),
      ...(this.#worksheet ? [this.#worksheet] : []),
    );
    const steps = div(
      "lab-steps",
      make("label", {}, "Follow ", this.#query),
      button("Back", () => this.#walk(-1)),
      button("Next", () => this.#walk(1)),
    );
    const bar = div("lab-bar", steps, this.#sum, this.#summary);
    const edit = div("lab-edit", tools, this.#sources, exports);
    this.replaceChildren(div("lab-bench", edit, this.#results), bar, this.#live);
    this.#query.addEventListener("change", () => this.#walk(0));
  }

  #listen() {
    for (const kind of ["keyup", "change", "click"])
      this.addEventListener(kind, () => this.#keep(kind !== "keyup"));
    this.addEventListener("input", ({ target }) => this.#edit(target));
    this.addEventListener("change", ({ target }) => this.#finish(target));
    this.addEventListener("paste", (event) => this.#paste(event));
    this.addEventListener("keydown", (event) => this.#press(event));
    this.addEventListener("focusin", ({ target }) => this.#enter(target));
    this.addEventListener("focusout", () => this.#show());
    for (const kind of ["pointerover", "pointerleave"])
      this.addEventListener(kind, (event) => this.#point(/** @type {PointerEvent} */ (event)));
    for (const kind of ["resize", "scroll"]) visualViewport?.addEventListener(kind, this.#raiseBar);
  }

  // ---- The state ------------------------------------------------------------------------------

  /**
   * Show another state, with new tables.
   *
   * @param {State} state
   * @param {string} notice
   * @param {Scene["tensors"]} [before] numbers to compare with
   */
  #load(state, notice, before) {
    this.#state = state;
    this.#step = 0;
    this.#hovered = undefined;
    this.#compute();
    this.#before = before ?? this.#scene.tensors;
    this.#tables = new Tables(this.#scene, this.#written, this.#sum.id, {
      renamed: () => this.#rename(),
      added: () => this.#addInput(),
      removed: (index) => this.#removeInput(index),
    });
    const { sources, results } = this.#tables;
    const projections = results.slice(0, 3);
    const attention = results.slice(3);
    const switches = () => [...this.querySelectorAll(".lab-switches input")];
    const inFocus = switches().indexOf(/** @type {Element} */ (document.activeElement));
    this.#sources.replaceChildren(...sources, this.#switches());
    this.#results.replaceChildren(div("lab-row", ...projections), div("lab-row", ...attention));
    this.#tables.fill(this.#scene, this.#before);
    this.#nameQueries();
    /** @type {HTMLElement | undefined} */ (switches()[inFocus])?.focus();
    this.#outputsInSight.disconnect();
    this.#outputsInSight.observe(attention[attention.length - 1]);
    this.#say(notice);
  }

  /** List the queries that a reader can follow. */
  #nameQueries() {
    const { selectedIndex } = this.#query;
    const names = this.#scene.tensors.queries.map((_, index) => queryName(this.#state, index));
    this.#query.replaceChildren(...names.map((text) => make("option", { text })));
    this.#query.selectedIndex = selectedIndex in names ? selectedIndex : 0;
  }

  #compute() {
    const names = Object.fromEntries(Array.from(this.#written, ([role, { name }]) => [role, name]));
    this.#scene = {
      state: this.#state,
      tensors: computeTensors(this.#state),
      names: /** @type {Scene["names"]} */ (names),
    };
  }

  /** Recompute after a change of a number or a switch. */
  #change() {
    this.#compute();
    this.#tables.fill(this.#scene, this.#before);
    this.#show();
    const { tensors } = this.#scene;
    this.#announce(() => {
      const rows = tensors.outputs.map((row, i) => `${queryName(this.#state, i)} ${spellList(row)}`);
      return `Outputs: ${rows.join("; ")}`;
    });
  }

  #rename() {
    this.#nameQueries();
    this.#tables.fill(this.#scene, this.#before);
    this.#show();
  }

  #addInput() {
    const { inputs, tokens } = this.#state;
    inputs.push(inputs[0].map(() => 0));
    tokens.push("");
    this.#reshape(inputs.length - 1);
  }

  /** @param {number} index */
  #removeInput(index) {
    const { inputs, tokens } = this.#state;
    inputs.splice(index, 1);
    tokens.splice(index, 1);
    this.#reshape(Math.min(index, inputs.length - 1));
  }

  /** @param {number} row that gets the focus */
  #reshape(row) {
    this.#load(this.#state, `${this.#state.inputs.length} inputs.`);
    this.#tables.cellAt({ role: "inputs", row, column: 0 })?.focus();
  }

  #randomize() {
    this.#replace(randomize, "New numbers.");
  }

  #reset() {
    this.#load(structuredClone(this.#start), "Back to the numbers of the page.");
  }

  /**
   * Change several numbers in one step, and show their old values and those of the results.
   *
   * @param {(state: State) => void} change
   * @param {string} notice
   */
  #replace(change, notice) {
    change(this.#state);
    this.#load(this.#state, notice, this.#scene.tensors);
  }

  #goBack() {
    this.#link = this.#past.pop() ?? this.#link;
    const state = decode(this.#link, this.#start, this.#spare);
    if (state) this.#load(state, "Undone.", this.#scene.tensors);
    this.#undo.disabled = !this.#past.length;
  }

  // ---- Links and copies -----------------------------------------------------------------------

  /** Show the state in the address, or the page's own numbers without one. */
  openLink() {
    if (!this.#start) return;
    const { hash } = location;
    const isLink = hash.startsWith(LINK);
    const state = isLink ? decode(hash, this.#start, this.#spare) : null;
    if (state) {
      this.#load(state, "The numbers in the address.");
      this.scrollIntoView();
    } else if (!this.#state || !hash) {
      this.#load(structuredClone(this.#start), "");
    }
    this.#past = [];
    this.#undo.disabled = true;
    this.#link = encode(this.#state);
    if (isLink && !state) this.#say("The link does not fit this lab and was ignored.");
  }

  /**
   * Store the numbers in the address, so that a reload and the Back button restore them.
   *
   * @param {boolean} isDone whether the reader finished a change, which "Undo" reverts
   */
  #keep(isDone) {
    if (location.pathname !== this.#path) return; // the address changes before the page does
    const link = encode(this.#state);
    if (isDone && link !== this.#link) {
      this.#past = [...this.#past, this.#link].slice(-MAX_UNDOS);
      this.#link = link;
      this.#undo.disabled = false;
    }
    if (this.#worksheet) {
      this.#worksheet.hash = link;
      this.#worksheet.hidden = this.#state.heads > 1 || this.#state.target !== null;
    }
    const plain = location.href.split(LINK)[0];
    history.replaceState(history.state, "", link === encode(this.#start) ? plain : link);
  }

  /**
   * @param {string} text
   * @param {string} name
   */
  async #copy(text, name) {
    const copied = await copy(text, name, (box) => this.append(box));
    this.#say(copied ? `${name} is in the clipboard.` : "Copy it from the box below.");
  }

  // ---- Events ---------------------------------------------------------------------------------

  /** @param {EventTarget | null} target */
  #edit(target) {
    const place = this.#tables.placeOf(target);
    if (!place || !(target instanceof HTMLInputElement)) return;
    const { role, row, column } = place;
    if (!isSource(role)) return;
    this.#hovered = undefined;
    const number = parseEntry(target.value);
    const isEmpty = target.value.trim() === "";
    target.ariaInvalid = number === null && !isEmpty ? "true" : null;
    if (number !== null) {
      const matrix = this.#state[role];
      if (matrix) matrix[row][column] = number;
      this.#change();
      return;
    }
    this.#show();
    if (!isEmpty) this.#announce(() => this.#sum.textContent ?? "");
  }

  /**
   * Restore the number in use in a box that was left empty.
   *
   * @param {EventTarget | null} target
   */
  #finish(target) {
    const place = this.#tables.placeOf(target);
    if (!place || !(target instanceof HTMLInputElement) || target.value.trim()) return;
    target.value = String(this.#scene.tensors[place.role][place.row][place.column]);
  }

  /**
   * Spread pasted rows over the boxes, from the box with the focus on.
   *
   * @param {ClipboardEvent} event
   */
  #paste(event) {
    const place = this.#tables.placeOf(event.target);
    const rows = parseRows(event.clipboardData?.getData("text") ?? "");
    if (!place || !rows || rows.flat().length < 2 || !isSource(place.role)) return;
    event.preventDefault();
    const { role, row, column } = place;
    const before = this.#scene.tensors;
    const fits = pasteRows(this.#state, { role, row, column }, rows);
    if (!fits) return this.#say("What was pasted does not fit from here on.");
    this.#load(this.#state, "Pasted.", before);
    this.#tables.cellAt(place)?.focus();
    this.#keep(true);
  }

  /** @param {EventTarget | null} target */
  #enter(target) {
    this.#hovered = undefined;
    const place = this.#tables.placeOf(target);
    if (place && !isSource(place.role)) this.#tables.makeTabStop(place);
    if (target instanceof HTMLInputElement) {
      this.#before = this.#scene.tensors;
      this.#tables.fill(this.#scene, this.#before);
    }
    this.#show();
  }

  /**
   * Explain the cell under the pointer. If the page moves below a pointer at rest (the bar grows,
   * the lab scrolls), the explanation stays.
   *
   * @param {PointerEvent} event
   */
  #point({ target, clientX, clientY }) {
    const at = `${clientX} ${clientY}`;
    if (at === this.#pointer) return;
    this.#pointer = at;
    const place = this.#tables.placeOf(target);
    if (place === this.#hovered) return;
    this.#hovered = place;
    this.#show();
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const isStepper = event.target instanceof Element && event.target.closest(".lab-steps button");
    if (!isStepper) return moveFocus(event, this.#tables);
    const by = moveOf(event)?.column;
    if (by) this.#walk(by);
  }

  /** @param {number} by how many steps */
  #walk(by) {
    const count = this.#steps().length;
    this.#step = (this.#step + by + count) % count; // back to the hint after the last step
    this.#hovered = undefined;
    this.#show();
    this.querySelector(".lab-result")?.scrollIntoView({ block: "nearest" });
    this.#announce(() => this.#sum.textContent ?? "");
  }

  // ---- Explanations ---------------------------------------------------------------------------

  /** Tell a screen reader once the reader pauses. @param {() => string} words */
  #announce(words) {
    clearTimeout(this.#announcement);
    this.#announcement = window.setTimeout(() => (this.#live.textContent = words()), PAUSE);
  }

  /** @param {string} notice */
  #say(notice) {
    this.#show();
    this.#sum.textContent = notice || HINT;
    this.#announce(() => notice);
  }

  /** Return the steps of the followed query, after the hint. */
  #steps() {
    const hint = { words: HINT, sources: [], results: [] };
    return [hint, ...explainSteps(this.#scene, this.#query.selectedIndex)];
  }

  /** @param {Place} place @returns {Explanation} */
  #explain(place) {
    const entry = this.#tables.entryAt(place);
    return entry?.ariaInvalid
      ? explainRefusal(this.#scene, place, entry.value)
      : explainCell(this.#scene, place);
  }

  /** Explain the cell under the pointer, else the cell in focus, else the current step. */
  #show() {
    const active = document.activeElement;
    const place = this.#hovered ?? this.#tables.placeOf(active);
    const explanation = place ? this.#explain(place) : this.#steps()[this.#step];
    this.#sum.replaceChildren(...paint(explanation.words, this.#written));
    this.#tables.mark(explanation);
    const isEditing = active instanceof HTMLInputElement && this.#sources.contains(active);
    this.classList.toggle("lab-editing", isEditing);
    this.#summary.replaceChildren(...(isEditing ? [summarize(this.#scene, this.#before.outputs)] : []));
  }

  #switches() {
    const state = this.#state;
    /** @param {string} label @param {Partial<HTMLInputElement>} properties @param {() => void} change */
    const flag = (label, properties, change) => {
      const box = make("input", { type: "checkbox", ...properties });
      box.addEventListener("change", change);
      return make("label", {}, box, label);
    };
    /** @param {"scale" | "causal"} name */
    const flip = (name) => {
      state[name] = !state[name];
      this.#change();
    };
    const crosses = state.target !== null;
    const heads = flag("Two heads", { checked: state.heads > 1 }, () => {
      switchHeads(state, this.#spare);
      this.#load(state, state.heads > 1 ? TWO_HEADS : "One head.");
    });
    const cross = flag("Cross-attention", { checked: crosses }, () => {
      state.target = crosses ? null : structuredClone(this.#spare.target);
      this.#load(state, crosses ? "One list." : CROSS);
    });
    const number = make("output", {}, String(state.temperature));
    const slider = make("input", {
      type: "range",
      min: String(TEMPERATURE.min),
      max: String(TEMPERATURE.max),
      step: String(TEMPERATURE.step),
      value: String(state.temperature),
    });
    slider.addEventListener("input", () => {
      state.temperature = Number(slider.value);
      number.value = slider.value;
      this.#change();
    });
    return div(
      "lab-switches",
      flag("Scale by √d_k", { checked: state.scale }, () => flip("scale")),
      flag("Causal mask", { checked: state.causal && !crosses, disabled: crosses }, () => flip("causal")),
      ...(this.#spare.target.length ? [heads, cross] : []),
      make("label", {}, "Temperature ", slider, number),
    );
  }
}

// Instant navigation runs the script again on each visit to the page.
if (!customElements.get("attention-lab")) {
  customElements.define("attention-lab", AttentionLab);
  addEventListener("hashchange", () => {
    const lab = document.querySelector("attention-lab");
    if (lab instanceof AttentionLab) lab.openLink();
  });
}
