// SPDX-License-Identifier: MIT
// <attention-lab> takes over the tables that the build wrote inside it.

import { attend, causalMask, transpose } from "./attention.js";

const EDITABLE = ["inputs", "w_query", "w_key", "w_value"];
const PROJECTIONS = { queries: "w_query", keys: "w_key", values: "w_value" };
const COMPUTED = [...Object.keys(PROJECTIONS), "scores", "weights", "outputs"];
const LIMIT = 1e6;
const MOST_INPUTS = 6;
const LONGEST_TOKEN = 12;
const TEMPERATURE = { min: 0.1, max: 5, step: 0.1 };
const HINT = "Change a number, or point at a result to see where it comes from.";

function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

const div = (className, ...children) => make("div", { className }, ...children);
const button = (label, onclick, more) => make("button", { type: "button", onclick, ...more }, label);

const typeset = (number) => String(number).replaceAll("-", "−").replace("e+", "e").replace("Infinity", "∞");

/** A number in a sentence: whole, or with up to 4 decimals, as the chapters write it. */
const spell = (number) => typeset(Number.isSafeInteger(number) ? number
  : Math.abs(number) > 1e6 ? number.toExponential(4)
  : Number(Math.abs(number) < 1e-3 ? number.toPrecision(5) : number.toFixed(4)));

/** A number in a cell: short, in one form throughout a tensor. */
const shorten = (number, whole) => typeset(Math.abs(number) < 1e5
  ? number.toFixed(whole ? 0 : 2).replace("-0.00", "0.00") : number.toExponential(1));

const list = (numbers) => `[${numbers.map(spell).join(", ")}]`;
const factor = (number) => (number < 0 ? `(${spell(number)})` : spell(number));

// The state as text: a typed number, a link, a script

/** The number that a text means, or null: no number, or beyond ±LIMIT. "−1,5e2" is −150. */
function parseNumber(text) {
  const plain = text.trim().replaceAll("−", "-").replace(",", ".");
  const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : NaN;
  return Math.abs(number) <= LIMIT ? number + 0 : null; // + 0 makes −0 a plain 0
}

/** A name on one line, without characters that are invisible or turn the text around them. */
const cleanToken = (text) =>
  [...text.replace(/[\p{C}\p{Z}]+/gu, " ").trim()].slice(0, LONGEST_TOKEN).join("").trim();

/** "#lab=" and, between slashes: four matrices, scale, causal, temperature, the tokens. */
const encode = (state) => `#lab=${[
  ...EDITABLE.map((role) => state[role].join(";")),
  Number(state.scale), Number(state.causal), state.temperature,
  ...state.tokens.map(encodeURIComponent),
].join("/")}`;

/** The state in a fragment, in the shapes of `start`, or null where anything is off. */
function decode(fragment, start) {
  try {
    const parts = fragment.slice(5).split("/");
    const state = {};
    for (const role of EDITABLE)
      state[role] = parts.shift().split(";").map((row) => row.split(",").map(parseNumber));
    for (const flag of ["scale", "causal"]) state[flag] = ["0", "1"].indexOf(parts.shift());
    state.temperature = Number(parseNumber(parts.shift())?.toFixed(1));
    state.tokens = parts.map(decodeURIComponent);
    const like = { ...start, inputs: parts };
    const sound = parts.length <= MOST_INPUTS && Math.min(state.scale, state.causal) >= 0
      && state.temperature >= TEMPERATURE.min && state.temperature <= TEMPERATURE.max
      && state.tokens.every((token) => token === cleanToken(token))
      && EDITABLE.every((role) => state[role].length === like[role].length
        && state[role].every((row) => row.length === start[role][0].length && !row.includes(null)));
    return sound ? state : null;
  } catch { // a part is missing, or the percent signs of a token spell nothing
    return null;
  }
}

function toPyTorch(state) {
  const matrix = (role) =>
    `torch.tensor([\n${state[role].map((row) => `    [${row.join(", ")}],\n`).join("")}], dtype=torch.float64)`;
  return `import torch

x = ${matrix("inputs")}
w_query = ${matrix("w_query")}
w_key = ${matrix("w_key")}
w_value = ${matrix("w_value")}

queries = x @ w_query
keys = x @ w_key
values = x @ w_value

scores = queries @ keys.T
${state.scale ? "scores = scores / keys.shape[-1] ** 0.5\n" : ""}\
scores = scores / ${state.temperature}
${state.causal ? `mask = torch.ones_like(scores, dtype=torch.bool).tril()
scores = scores.masked_fill(~mask, float("-inf"))
` : ""}\
weights = torch.softmax(scores, dim=-1)
outputs = weights @ values
print(outputs)
`;
}

class AttentionLab extends HTMLElement {
  connectedCallback() {
    const start = { scale: false, causal: false, temperature: 1 };
    for (const { dataset } of this.querySelectorAll("[data-tensor]"))
      start[dataset.tensor === "x" ? "inputs" : dataset.tensor] = JSON.parse(dataset.values);
    if (!EDITABLE.every((role) => start[role])) return;
    this.start = { ...start, tokens: start.inputs.map(() => "") };
    this.path = location.pathname;
    this.build();
    this.openLink();
  }

  build() {
    this.sum = make("p", { className: "lab-sum", id: "lab-sum" });
    this.live = make("p", { className: "lab-live", role: "status" });
    this.parts = div("lab-parts");
    this.query = make("select", { onchange: () => this.walk(0) });
    this.replaceChildren(
      div("lab-bench", div("lab-tools",
        button("Random small integers", () => this.randomize()),
        button("Reset", () => this.reset()),
        button("Copy link", () => this.copy(location.href, "The link")),
        button("Copy as PyTorch", () => this.copy(toPyTorch(this.state), "The script"))), this.parts),
      div("lab-bar", div("lab-steps", make("label", {}, "Follow ", this.query),
        button("Back", () => this.walk(-1)), button("Next", () => this.walk(1))), this.sum),
      this.live);
    this.oninput = ({ target }) => this.edit(target);
    this.onkeyup = this.onchange = this.onclick = () => this.keep();
    this.onkeydown = (event) => this.key(event);
    this.onpointerover = this.onpointerleave = ({ target }) => {
      const place = this.placeOf(target);
      if (place !== this.hovered) this.show((this.hovered = place));
    };
    this.addEventListener("focusout", () => this.show());
    this.addEventListener("focusin", ({ target }) => {
      this.hovered = undefined;
      const [role] = this.placeOf(target) ?? [];
      if (COMPUTED.includes(role)) { // one cell of a tensor is in the tab order, the last one visited
        this.cells[role].flat().forEach((cell) => (cell.tabIndex = -1));
        target.tabIndex = 0;
      }
      this.show();
    });
  }

  load(state, notice) {
    this.state = state;
    this.step = 0;
    this.hovered = undefined;
    this.cells = {}; // role -> rows of the elements that carry the numbers
    this.places = new Map(); // td -> [role, row, column]
    this.heads = new Map(); // th or option -> the input that it names
    this.formulas = {};
    this.compute();
    const tensors = [...EDITABLE, ...COMPUTED].map((role) => this.tensor(role));
    this.parts.replaceChildren(...tensors.slice(0, -3), this.switches(), ...tensors.slice(-3));
    this.query.replaceChildren(...state.tokens.map((_, value) => this.named(value, make("option", { value }))));
    this.fill();
    this.notice(notice);
  }

  tensor(role) {
    const matrix = this.tensors[role];
    const named = ["scores", "weights"].includes(role); // queries down, keys across
    const head = (i, scope) => this.named(i, make("th", { scope }));
    this.cells[role] = [];
    const table = make("table", { className: "lab-table", ariaLabel: this.name(role) });
    if (COMPUTED.includes(role)) table.role = "grid";
    if (named) table.append(make("thead", {}, make("tr", {}, make("td"), ...matrix.map((_, i) => head(i, "col")))));
    table.append(...matrix.map((numbers, i) => {
      this.cells[role][i] = [];
      const row = make("tr", {}, ...numbers.map((_, j) => this.cell(role, i, j)));
      if (named) row.prepend(head(i, "row"));
      if (role === "inputs") this.addEnds(row, i);
      return row;
    }));
    this.formulas[role] = make("small");
    const box = div("lab-tensor", make("p", {}, ...this.paint(this.name(role)),
      ` (${matrix.length}, ${matrix[0].length}) `, this.formulas[role]), div("lab-scroll", table));
    if (role === "inputs") box.append(button("Add an input",
      () => this.resize(matrix.length, 0, matrix[0].map(() => 0)), { disabled: matrix.length === MOST_INPUTS }));
    box.dataset.tensor = box.style.gridArea = role;
    box.style.setProperty("--c", `var(--tensor-${role.replace("_", "-")})`);
    return box;
  }

  named(i, element) {
    this.heads.set(element, i);
    return element;
  }

  cell(role, i, j) {
    const td = make("td");
    let cell = td;
    if (EDITABLE.includes(role)) {
      cell = make("input", { value: this.state[role][i][j], autocomplete: "off", ariaLabel: this.at(role, i, j) });
      td.append(cell);
    } else {
      td.tabIndex = i + j ? -1 : 0;
    }
    cell.setAttribute("aria-describedby", this.sum.id);
    this.places.set(td, [role, i, j]);
    this.cells[role][i][j] = cell;
    return td;
  }

  addEnds(row, i) {
    const { tokens } = this.state;
    const token = make("input", {
      value: this.token(i), maxLength: LONGEST_TOKEN, autocomplete: "off", ariaLabel: `name of input ${i + 1}`,
      oninput: () => this.fill((tokens[i] = cleanToken(token.value))),
      onchange: () => (token.value = this.token(i)),
    });
    row.prepend(make("th", { scope: "row" }, token));
    row.append(make("td", {}, button("×", () => this.resize(i, 1),
      { ariaLabel: `Remove input ${i + 1}`, disabled: tokens.length === 1 })));
  }

  switches() {
    const { state } = this;
    const flag = (name, label) => make("label", {}, make("input", {
      type: "checkbox", checked: state[name], onchange: ({ target }) => this.change((state[name] = target.checked)),
    }), label);
    const number = make("output", {}, state.temperature);
    const slider = make("input", {
      type: "range", ...TEMPERATURE, value: state.temperature,
      oninput: () => this.change((number.value = state.temperature = Number(slider.value))),
    });
    return div("lab-switches", flag("scale", "Scale by √d_k"), flag("causal", "Causal mask"),
      make("label", {}, "Temperature ", slider, number));
  }

  compute() {
    const mask = this.state.causal && causalMask(this.state.inputs);
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
      const whole = numbers.every((number) => Number.isInteger(number) || number === -Infinity);
      this.cells[role].flat().forEach((cell, k) => {
        cell.textContent = shorten(numbers[k], whole);
        cell.dataset.value = numbers[k];
        if (role === "weights") cell.style.setProperty("--weight", numbers[k]);
      });
      this.formulas[role].replaceChildren(...this.paint(this.formula(role)));
    }
    for (const [element, i] of this.heads) element.textContent = this.token(i);
    this.show();
  }

  edit(target) {
    const [role, i, j] = this.placeOf(target) ?? [];
    if (!role) return;
    this.hovered = undefined;
    const number = parseNumber(target.value);
    target.ariaInvalid = number === null ? true : null;
    if (number !== null) return this.change((this.state[role][i][j] = number));
    this.show();
    this.announce(() => this.sum.textContent);
  }

  /** Adds or removes an input, in the terms of Array.splice. */
  resize(index, fewer, ...more) {
    const { inputs, tokens } = this.state;
    inputs.splice(index, fewer, ...more);
    tokens.splice(index, fewer, ...more.map(() => ""));
    this.load(this.state, `${inputs.length} inputs.`);
    this.cells.inputs[Math.min(index, inputs.length - 1)][0].focus();
  }

  randomize() {
    const any = (lowest) => lowest + Math.floor(Math.random() * 4);
    for (const role of EDITABLE)
      this.state[role] = this.state[role].map((row) => row.map(() => any(role === "inputs" ? 0 : -1)));
    this.load(this.state, "New numbers.");
  }

  reset() {
    this.load(structuredClone(this.start), "Back to the numbers of the page.");
  }

  // Links and copies

  openLink() {
    const { hash } = location;
    if (!this.state || !hash) this.load(structuredClone(this.start), "");
    if (!hash.startsWith("#lab=")) return;
    const state = decode(hash, this.start);
    if (!state) return this.notice("The link does not fit this lab and was left aside.");
    this.load(state, "The numbers in the address.");
    this.scrollIntoView();
  }

  /** A reload, or the way back, finds the numbers in the address. */
  keep() {
    if (location.pathname !== this.path) return; // it changes before the page does
    const link = encode(this.state);
    const address = link === encode(this.start) ? location.href.split("#lab=")[0] : link;
    history.replaceState(history.state, "", address);
  }

  async copy(value, what) {
    try {
      await navigator.clipboard.writeText(value);
      this.notice(`${what} is in the clipboard.`);
    } catch {
      const area = make("textarea", { value, readOnly: true, ariaLabel: what, onblur: () => area.remove() });
      this.append(area);
      area.select();
      this.notice("Copy it from the box below.");
    }
  }

  // What is said, and what lights up

  /** For screen readers, once the reader pauses. */
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
    const named = /\b(x|w_\w+|queries|keys|values|scores|weights|outputs)\b/;
    return words.split(named).map((word, k) => (k % 2
      ? make("span", { className: `tensor-${word === "x" ? "inputs" : word.replace("_", "-")}` }, word) : word));
  }

  name(role) {
    return role === "inputs" ? "x" : role;
  }

  at(role, i, j) {
    return `${this.name(role)}, row ${i + 1}, column ${j + 1}`;
  }

  token(i) {
    return this.state.tokens[i] || `input ${i + 1}`;
  }

  placeOf(element) {
    return this.places.get(element.closest("td"));
  }

  divisors() {
    const { scale, temperature, w_key } = this.state;
    return (scale ? ` ÷ √${w_key[0].length}` : "") + (temperature === 1 ? "" : ` ÷ ${temperature}`);
  }

  formula(role) {
    return {
      scores: `queries @ keys.T${this.divisors()}${this.state.causal ? ", masked" : ""}`,
      weights: "softmax(scores)",
      outputs: "weights @ values",
    }[role] ?? `x @ ${PROJECTIONS[role]}`;
  }

  /** Where a cell comes from, or goes: a text, the places that light up, itself. */
  explain(role, i, j) {
    const t = this.tensors;
    const value = spell(t[role][i][j]);
    const say = (words, ...lit) => [`${this.at(role, i, j)}: ${words}`, lit, [[role, i, j]]];
    const times = (left, right, ...lit) => {
      const after = role === "scores" ? this.divisors() : "";
      const sum = left.map((a, k) => `${factor(a)}×${factor(right[k])}`).join(" + ");
      return say(`${after ? `(${sum})${after}` : sum} = ${value}`, ...lit);
    };
    const { ariaInvalid, value: typed } = this.cells[role][i][j];
    if (ariaInvalid)
      return say(`“${typed}” is no number from −${LIMIT} to ${LIMIT}. The last good one, ${value}, stays in use.`);
    const fed = Object.keys(PROJECTIONS).filter((name) => role === "inputs" || role === PROJECTIONS[name]);
    if (fed.length)
      return say(`${value}, which goes into ${fed.join(", ")}`, ...fed.map((name) => (role === "inputs" ? [name, i] : [name, null, j])));
    const w = PROJECTIONS[role];
    if (w) return times(t.inputs[i], transpose(t[w])[j], ["inputs", i], [w, null, j]);
    if (role === "outputs") return times(t.weights[i], transpose(t.values)[j], ["weights", i], ["values", null, j]);
    if (t.scores[i][j] === -Infinity) return say(`${value}, masked, since ${this.token(j)} comes later`);
    if (role === "scores") return times(t.queries[i], t.keys[j], ["queries", i], ["keys", j]);
    const greatest = Math.max(...t.scores[i]);
    const exp = (score) => `exp(${spell(score - greatest)})`;
    return say(`${exp(t.scores[i][j])} ÷ (${t.scores[i].map(exp).join(" + ")}) = ${value} (each score less the greatest, ${spell(greatest)})`, ["scores", i]);
  }

  /** One query from input to output: each step as explain() has it. */
  steps() {
    const i = Number(this.query.value);
    const t = this.tensors;
    const step = (role, words, ...lit) => [`${words} = ${list(t[role][i])}`, lit, [[role, i]]];
    const all = (role, words) => [`${words}: ${this.formula(role)}`, [["inputs"], [PROJECTIONS[role]]], [[role]]];
    return [
      [HINT, [], []],
      step("inputs", `1. Row ${i + 1} of x, ${this.token(i)}`),
      step("queries", "2. Its query, what it looks for: its row @ w_query", ["inputs", i], ["w_query"]),
      all("keys", "3. The keys, what each input is found by"),
      step("scores", `4. Its scores: its query · each key${this.formula("scores").slice(16)}`, ["queries", i], ["keys"]),
      step("weights", "5. Its weights, which sum to 1: softmax(scores)", ["scores", i]),
      all("values", "6. The values, what each input hands on"),
      step("outputs", `7. Its output: ${t.weights[i].map((weight, j) => `${spell(weight)}×${list(t.values[j])}`).join(" + ")}`, ["weights", i], ["values"]),
    ];
  }

  show() {
    const place = this.hovered ?? this.placeOf(document.activeElement);
    const [words, lit, result] = place ? this.explain(...place) : this.steps()[this.step];
    this.sum.replaceChildren(...this.paint(words));
    for (const [td, [role, i, j]] of this.places) {
      const among = ([tensor, row, index]) => tensor === role && (row ?? i) === i && (index ?? j) === j;
      td.classList.toggle("lab-lit", lit.some(among));
      td.classList.toggle("lab-result", result.some(among));
    }
  }

  walk(by) {
    this.step = (this.step + by + 8) % 8; // after the last step, none
    this.hovered = undefined;
    this.show();
    this.parts.querySelector(".lab-result")?.scrollIntoView({ block: "nearest" });
    this.announce(() => this.sum.textContent);
  }

  key(event) {
    const { key, target } = event;
    const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Enter: [1, 0] }[key];
    if (!by || event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return;
    if (by[1] && target.closest(".lab-steps button")) return this.walk(by[1]);
    if (by[1] && target.value) return; // there the caret moves
    const [role, i, j] = this.placeOf(target) ?? [];
    const next = this.cells[role]?.[i + by[0]]?.[j + by[1]];
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.select?.();
  }
}

customElements.define("attention-lab", AttentionLab);
addEventListener("hashchange", () => document.querySelector("attention-lab")?.openLink());
