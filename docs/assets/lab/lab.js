// SPDX-License-Identifier: MIT
// <attention-lab> takes over the tables that the build wrote inside it and lets a reader change
// their numbers. A custom element, so that it wakes up on pages that arrive by instant navigation.

import { attend, causalMask } from "./attention.js";
import {
  cleanToken, decode, EDITABLE, encode, LIMIT, LONGEST_TOKEN, MOST_INPUTS, parseNumber, TEMPERATURE,
  toPyTorch,
} from "./state.js";

const PROJECTIONS = { queries: "w_query", keys: "w_key", values: "w_value" };
const COMPUTED = [...Object.keys(PROJECTIONS), "scores", "weights", "outputs"];
const HINT = "Change a number, or point at one to see where it comes from. Arrow keys move between cells.";

function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

const button = (label, onclick, more) => make("button", { type: "button", onclick, ...more }, label);

const group = (className, ariaLabel, ...children) =>
  make("div", { className, role: "group", ariaLabel }, ...children);

/** A number as the chapters write it: whole, or with up to 4 decimals. */
function spell(number, decimals = 4, format = (n) => String(Number(n.toFixed(decimals)))) {
  const size = Math.abs(number);
  const digits = size === Infinity ? "-∞"
    : size >= 1e5 || (decimals > 2 && size > 0 && size < 5e-5)
      ? number.toExponential(decimals).replace("e+", "e") : format(number);
  return digits.replaceAll("-", "−");
}

const list = (numbers) => `[${numbers.map((number) => spell(number)).join(", ")}]`;
const factor = (number) => (number < 0 ? `(${spell(number)})` : spell(number));
const products = (left, right) => left.map((a, k) => `${factor(a)}×${factor(right[k])}`).join(" + ");
const column = (matrix, index) => matrix.map((row) => row[index]);

class AttentionLab extends HTMLElement {
  connectedCallback() {
    window.addEventListener("hashchange", this);
    if (this.state) return;
    this.names = {}; // role -> what the page calls that tensor: the inputs may be its x
    this.start = { scale: this.hasAttribute("scale"), causal: this.hasAttribute("causal"), temperature: 1 };
    for (const { dataset } of this.querySelectorAll("[data-tensor]")) {
      const role = dataset.tensor === "x" ? "inputs" : dataset.tensor;
      this.names[role] = dataset.tensor;
      this.start[role] = JSON.parse(dataset.values);
    }
    if (!EDITABLE.every((role) => this.start[role])) return; // then the page stays as it is
    this.start.tokens = this.start.inputs.map(() => "");
    this.build();
    this.load(structuredClone(this.start), "");
    this.hashchange();
    for (const type of ["input", "keydown", "focusin", "focusout", "pointerover", "pointerleave"])
      this.addEventListener(type, this);
  }

  disconnectedCallback() {
    window.removeEventListener("hashchange", this);
  }

  handleEvent(event) {
    this[event.type](event);
  }

  // Building

  build() {
    this.sum = make("p", { className: "lab-sum", id: "lab-sum" });
    this.live = make("p", { className: "lab-live", role: "status" });
    this.parts = make("div", { className: "lab-parts" });
    this.query = make("select", { onchange: () => this.walk(0) });
    this.count = make("span");
    const tools = group("lab-tools", "The whole lab",
      button("Random small integers", () => this.randomize()),
      button("Reset", () => this.reset()),
      button("Copy link", () => this.copyLink()),
      button("Copy as PyTorch", () => this.copy(toPyTorch(this.state), "The script")));
    const steps = group("lab-steps", "Step by step", make("label", {}, "Follow ", this.query),
      button("← Back", () => this.walk(-1)), button("Next →", () => this.walk(1)), this.count);
    this.replaceChildren(make("div", { className: "lab-bench" }, tools, this.parts),
      make("div", { className: "lab-bar" }, steps, this.sum), this.live);
  }

  /** Puts a state on screen, with all its elements new. */
  load(state, notice) {
    this.state = state;
    this.step = 0;
    this.cells = {}; // role -> rows of the elements that carry the numbers
    this.places = new Map(); // td -> [role, row, column]
    this.formulas = {};
    this.compute();
    this.parts.replaceChildren(...EDITABLE.map((role) => this.tensor(role)), this.switches(),
      ...COMPUTED.map((role) => this.tensor(role)));
    this.query.replaceChildren(...state.tokens.map((_, value) => make("option", { value })));
    this.fill();
    this.notice(notice);
  }

  tensor(role) {
    const matrix = this.tensors[role];
    const name = this.names[role] ?? role;
    const named = ["scores", "weights"].includes(role); // queries down, keys across
    const editable = EDITABLE.includes(role);
    const table = make("table", { className: "lab-table", ariaLabel: name });
    if (!editable) table.role = "grid";
    if (named) {
      const heads = matrix.map((_, i) => make("th", { scope: "col", className: `lab-name-${i}` }));
      table.append(make("thead", {}, make("tr", {}, make("td"), ...heads)));
    }
    const rows = matrix.map((numbers, i) => {
      const row = make("tr", {}, ...numbers.map((_, j) => this.cell(role, i, j)));
      if (named) row.prepend(make("th", { scope: "row", className: `lab-name-${i}` }));
      if (role === "inputs") this.addEnds(row, i);
      return row;
    });
    table.append(make("tbody", {}, ...rows));
    this.formulas[role] = make("small");
    const head = make("p", {}, ...this.paint(name), ` (${matrix.length}, ${matrix[0].length}) `, this.formulas[role]);
    const box = make("div", { className: "lab-tensor" }, head, make("div", { className: "lab-scroll" }, table));
    if (role === "inputs") box.append(button("Add an input", () => this.resize("", this.state.inputs.length, 0, this.state.inputs[0].map(() => 0)), { disabled: rows.length === MOST_INPUTS }));
    box.dataset.tensor = role;
    return box;
  }

  cell(role, i, j) {
    const td = make("td");
    let cell = td;
    if (EDITABLE.includes(role)) {
      cell = make("input", { value: this.state[role][i][j], autocomplete: "off", ariaLabel: this.at(role, i, j) });
      td.append(cell);
    } else {
      td.tabIndex = i + j ? -1 : 0; // one cell per tensor is in the tab order
    }
    cell.setAttribute("aria-describedby", this.sum.id);
    this.places.set(td, [role, i, j]);
    this.cells[role] ??= [];
    (this.cells[role][i] ??= [])[j] = cell;
    return td;
  }

  addEnds(row, i) {
    const token = make("input", {
      value: this.token(i), maxLength: LONGEST_TOKEN, autocomplete: "off", ariaLabel: `name of input ${i + 1}`,
      oninput: () => this.change((this.state.tokens[i] = cleanToken(token.value))),
      onchange: () => (token.value = this.token(i)),
    });
    row.prepend(make("th", { scope: "row" }, token));
    row.append(make("td", {}, button("×", () => this.resize("", i, 1),
      { ariaLabel: `Remove input ${i + 1}`, disabled: this.state.tokens.length === 1 })));
  }

  switches() {
    const { state } = this;
    const flag = (name, label) => make("label", {}, make("input", {
      type: "checkbox", checked: state[name], onchange: (event) => this.change((state[name] = event.target.checked)),
    }), label);
    const number = make("output", {}, state.temperature);
    const slider = make("input", {
      type: "range", ...TEMPERATURE, value: state.temperature,
      oninput: () => this.change((number.value = state.temperature = Number(slider.value))),
    });
    return group("lab-switches", "How scores are made", flag("scale", "Scale by √d_k"),
      flag("causal", "Causal mask"), make("label", {}, "Temperature ", slider, number));
  }

  // Numbers in, numbers out

  compute() {
    const mask = this.state.causal ? causalMask(this.state.inputs) : null;
    this.tensors = { ...this.state, ...attend({ ...this.state, mask }) };
  }

  change() {
    this.compute();
    this.fill();
    this.announce(() => `Outputs: ${this.tensors.outputs.map((row, i) => `${this.token(i)} ${list(row)}`).join("; ")}`);
  }

  fill() {
    for (const role of COMPUTED) {
      const numbers = this.tensors[role].flat();
      const whole = numbers.every((number) => Math.abs(number) === Infinity || Number.isInteger(number));
      this.cells[role].flat().forEach((cell, k) => {
        cell.textContent = spell(numbers[k], whole ? 1 : 2, whole ? String : undefined);
        cell.dataset.value = numbers[k];
        if (role === "weights") cell.style.setProperty("--weight", numbers[k]);
      });
      this.formulas[role].replaceChildren(...this.paint(this.formula(role)));
    }
    this.state.tokens.forEach((_, i) => {
      for (const name of [this.query.options[i], ...this.parts.querySelectorAll(`.lab-name-${i}`)])
        name.textContent = this.token(i);
    });
    this.show();
  }

  input({ target }) {
    const [role, i, j] = this.placeOf(target) ?? [];
    if (!role) return;
    const number = parseNumber(target.value);
    target.ariaInvalid = number === null ? "true" : null;
    if (number === null) {
      this.show();
      this.announce(() => this.sum.textContent);
    } else {
      this.change((this.state[role][i][j] = number));
    }
  }

  resize(notice, ...splice) {
    const { inputs, tokens } = this.state;
    inputs.splice(...splice);
    tokens.splice(splice[0], splice[1], ...splice.slice(2).map(() => ""));
    this.load(this.state, notice);
    this.cells.inputs[Math.min(splice[0], tokens.length - 1)][0].focus();
  }

  randomize() {
    const state = structuredClone(this.state);
    for (const role of EDITABLE)
      state[role] = state[role].map((row) => row.map(() => Math.floor(Math.random() * 4) - (role === "inputs" ? 0 : 1)));
    this.load(state, "New numbers everywhere.");
  }

  reset() {
    if (location.hash.startsWith("#lab=")) history.replaceState(history.state, "", location.pathname + location.search);
    this.load(structuredClone(this.start), "Back to the numbers of the page.");
  }

  // Links and copies

  hashchange() {
    if (!location.hash.startsWith("#lab=")) return;
    const state = decode(location.hash, this.start);
    if (!state) return this.notice("The link does not fit this lab, so its numbers were left aside.");
    this.load(state, "These are the numbers of the link.");
    this.scrollIntoView();
  }

  copyLink() {
    history.replaceState(history.state, "", encode(this.state));
    this.copy(location.href, "The link");
  }

  async copy(value, what) {
    try {
      await navigator.clipboard.writeText(value);
      this.notice(`${what} is in the clipboard.`);
    } catch { // not allowed, or no https: the reader copies by hand
      const area = make("textarea", { value, readOnly: true, rows: 12, ariaLabel: what });
      const dialog = make("dialog", { ariaLabel: what, onclose: () => dialog.remove() },
        area, button("Close", () => dialog.close()));
      this.append(dialog);
      dialog.showModal();
      area.select();
    }
  }

  // What is said, and what lights up

  /** For screen readers, once the reader pauses rather than on every keystroke. */
  announce(words) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.live.textContent = words()), 800);
  }

  notice(words) {
    this.sum.textContent = words || HINT;
    this.announce(() => words);
  }

  /** A text with the names of tensors in their colors. */
  paint(words) {
    return words.split(/(\w+)/).map((word) => {
      const role = word === this.names.inputs ? "inputs" : word;
      return this.tensors[role]?.map && role !== "tokens"
        ? make("span", { className: `tensor-${role.replace("_", "-")}` }, word) : word;
    });
  }

  placeOf(element) {
    return this.places.get(element.closest("td"));
  }

  at(role, i, j) {
    return `${this.names[role] ?? role}, row ${i + 1}, column ${j + 1}`;
  }

  formula(role) {
    const { inputs } = this.names;
    const { scale, temperature, causal, w_key } = this.state;
    if (PROJECTIONS[role]) return `${inputs} @ ${PROJECTIONS[role]}`;
    return {
      scores: `queries @ keys.T${scale ? ` ÷ √${w_key[0].length}` : ""}${temperature === 1 ? "" : ` ÷ ${temperature}`}${causal ? ", masked" : ""}`,
      weights: "softmax(scores)",
      outputs: "weights @ values",
    }[role];
  }

  /** Where a cell comes from, or goes: [text, places that light up, the place itself]. */
  explain(role, i, j) {
    const t = this.tensors;
    const here = [[role, i, j]];
    const value = spell(t[role][i][j]);
    const say = (words, ...lit) => [`${this.at(role, i, j)}: ${words}`, lit, here];
    const typed = this.cells[role][i][j];
    if (typed.ariaInvalid)
      return say(`“${typed.value}” is no number between −${LIMIT} and ${LIMIT}. The last good value, ${value}, stays in use.`);
    if (role === "inputs")
      return say(`goes into the query, the key and the value of ${this.token(i)}`, ["queries", i], ["keys", i], ["values", i]);
    if (EDITABLE.includes(role)) {
      const made = COMPUTED.find((name) => PROJECTIONS[name] === role);
      return say(`goes into column ${j + 1} of the ${made}`, [made, null, j]);
    }
    if (PROJECTIONS[role]) {
      const w = PROJECTIONS[role];
      return say(`${products(t.inputs[i], column(t[w], j))} = ${value}`, ["inputs", i], [w, null, j]);
    }
    if (role === "outputs")
      return say(`${products(t.weights[i], column(t.values, j))} = ${value}`, ["weights", i], ["values", null, j]);
    if (role === "scores") {
      const sum = products(t.queries[i], t.keys[j]);
      const after = this.formula(role).slice("queries @ keys.T".length);
      return say(value === "−∞" ? "−∞, masked: it comes later" : `${after ? `(${sum})${after}` : sum} = ${value}`, ["queries", i], ["keys", j]);
    }
    const greatest = Math.max(...t.scores[i]);
    const power = (score) => `exp(${spell(score - greatest)})`;
    return say(`${power(t.scores[i][j])} ÷ (${t.scores[i].map(power).join(" + ")}) = ${value}, each score less the greatest, ${spell(greatest)}`, ["scores", i]);
  }

  /** One query from its input to its output, in the form of explain. */
  steps() {
    const i = this.row;
    const t = this.tensors;
    const row = (role) => list(t[role][i]);
    return [
      [`${this.token(i)} is row ${i + 1} of ${this.names.inputs}: ${row("inputs")}`, [], [["inputs", i]]],
      [`Its query, what it looks for: ${row("inputs")} @ w_query = ${row("queries")}`, [["inputs", i], ["w_query"]], [["queries", i]]],
      [`The keys, what each input can be found by: ${this.formula("keys")}`, [["inputs"], ["w_key"]], [["keys"]]],
      [`Its scores, its query times each key: ${this.formula("scores")} gives ${row("scores")}`, [["queries", i], ["keys"]], [["scores", i]]],
      [`Its weights, which sum to 1: softmax(scores) gives ${row("weights")}`, [["scores", i]], [["weights", i]]],
      [`The values, what each input hands on: ${this.formula("values")}`, [["inputs"], ["w_value"]], [["values"]]],
      [`Its output: ${t.weights[i].map((weight, j) => `${spell(weight)}×${list(t.values[j])}`).join(" + ")} = ${row("outputs")}`, [["weights", i], ["values"]], [["outputs", i]]],
    ];
  }

  show() {
    const place = this.hovered ?? this.placeOf(document.activeElement);
    const [words, lit, result] = place ? this.explain(...place)
      : this.step ? this.steps()[this.step - 1] : [HINT, [], []];
    this.sum.replaceChildren(...this.paint(words));
    const holds = (places, role, i, j) => places.some(([tensor, row, index]) =>
      tensor === role && (row ?? i) === i && (index ?? j) === j);
    for (const [td, place] of this.places) {
      td.classList.toggle("lab-lit", holds(lit, ...place));
      td.classList.toggle("lab-result", holds(result, ...place));
    }
    this.count.textContent = this.step ? `Step ${this.step} of 7` : "";
  }

  walk(by) {
    this.row = Number(this.query.value);
    this.step = (this.step + by + 8) % 8; // after the last step, none
    this.hovered = null;
    this.show();
    this.parts.querySelector(".lab-result")?.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.announce(() => this.sum.textContent);
  }

  pointerover({ target }) {
    this.hovered = this.placeOf(target);
    this.show();
  }

  pointerleave() {
    this.hovered = null;
    this.show();
  }

  focusin({ target }) {
    const [role, i, j] = this.placeOf(target) ?? [];
    if (COMPUTED.includes(role)) {
      this.cells[role].flat().forEach((cell) => (cell.tabIndex = -1));
      this.cells[role][i][j].tabIndex = 0;
    }
    this.show();
  }

  focusout() {
    this.show();
  }

  keydown(event) {
    const { key, target } = event;
    const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Enter: [1, 0] }[key];
    if (!by || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    if (target.closest(".lab-steps button") && by[1]) return this.walk(by[1]);
    const [role, i, j] = this.placeOf(target) ?? [];
    const next = this.cells[role]?.[i + by[0]]?.[j + by[1]];
    // In a text that is being edited, an arrow moves the caret until it stands at that end.
    const { selectionStart: from, selectionEnd: to, value } = target;
    const inside = value && by[1] && (by[1] < 0 ? to > 0 : from < value.length) && to - from < value.length;
    if (!next || inside) return;
    event.preventDefault();
    next.focus();
    next.select?.();
  }
}

customElements.define("attention-lab", AttentionLab);
