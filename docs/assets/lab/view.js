// SPDX-License-Identifier: MIT
// @ts-check
// The tensors as tables of boxes and results, and their short form in the bar.

import { make } from "../dom.js";
import { shorten } from "../numbers.js";
import { RESULTS, SOURCES, isPairwise, isSource } from "./attention.js";
import { covers, formula, headAndQuery, rowName } from "./explain.js";
import { MAX_INPUTS, MAX_NAME, cleanName, nameOf, queryName } from "./state.js";

/**
 * @typedef {import("./attention.js").Role} Role
 * @typedef {import("./explain.js").Explanation} Explanation
 * @typedef {import("./explain.js").Place} Place
 * @typedef {import("./explain.js").Scene} Scene
 *
 * A tensor as the build wrote it into the page: its name there, its CSS class, its numbers.
 *
 * @typedef {{ name: string, color: string, numbers: number[][] }} Written
 *
 * Callbacks of the tables.
 *
 * @typedef {object} Actions
 * @property {() => void} renamed after an input was renamed
 * @property {() => void} added when the reader asks for another input
 * @property {(index: number) => void} removed when the reader removes an input
 */

/**
 * Return the tensors that the build wrote inside an element, by role. The class of a caption
 * decides the role, not the name on the page: "tensor-w-key" is w_key.
 *
 * @param {Element} element
 * @returns {Map<string, Written>}
 */
export function readTables(element) {
  const written = new Map();
  for (const table of /** @type {NodeListOf<HTMLElement>} */ (
    element.querySelectorAll("table[data-tensor]")
  )) {
    const { tensor: name = "", values = "" } = table.dataset;
    const color = table.querySelector("caption [class^='tensor-']")?.className ?? "";
    const role = color.replace("tensor-", "").replaceAll("-", "_");
    written.set(role, { name, color, numbers: JSON.parse(values) });
  }
  return written;
}

/**
 * Return a text with the names of tensors in color.
 *
 * @param {string} words
 * @param {Map<string, Written>} written
 * @returns {(Node | string)[]}
 */
export function paint(words, written) {
  const colors = new Map(Array.from(written.values(), ({ name, color }) => [name, color]));
  return words.split(/\b/).map((word) => {
    const className = colors.get(word);
    return className ? make("span", { className }, word) : word;
  });
}

/**
 * @param {string} className
 * @param {(Node | string)[]} content
 */
export const div = (className, ...content) => make("div", { className }, ...content);

/**
 * @param {string} label
 * @param {() => void} onclick
 * @param {Partial<HTMLButtonElement>} properties
 */
export const button = (label, onclick, properties = {}) =>
  make("button", { type: "button", onclick, ...properties }, label);

/** All tables of one state of the lab. A change of the number of inputs needs new tables. */
export class Tables {
  /** @type {Map<Role, HTMLElement[][]>} the elements that carry the numbers */
  cells = new Map();

  /** @type {Map<Element, Place>} by table cell */
  places = new Map();

  /** @type {Map<Element, () => string>} the current texts of headings, which change with names */
  headings = new Map();

  /** @type {Map<Role, Element>} */
  formulas = new Map();

  /**
   * @param {Scene} scene
   * @param {Map<string, Written>} written
   * @param {string} explainedBy the id of the element that explains the cell in focus
   * @param {Actions} actions
   */
  constructor(scene, written, explainedBy, actions) {
    this.scene = scene;
    this.written = written;
    this.explainedBy = explainedBy;
    this.actions = actions;
    const sources = SOURCES.filter((role) => scene.tensors[role].length);
    this.sources = sources.map((role) => this.#box(role));
    this.results = RESULTS.map((role) => this.#box(role));
  }

  /** @param {Role} role */
  #box(role) {
    const { name = role, color = "" } = this.written.get(role) ?? {};
    const { state, tensors } = this.scene;
    const { length, 0: first } = tensors[role];
    const heads = isPairwise(role) && state.heads > 1 ? [state.heads] : [];
    const shape = [...heads, length / (heads[0] ?? 1), first.length].join(", ");
    const note = make("small");
    this.formulas.set(role, note);
    const title = make("p", {}, ...paint(name, this.written), ` (${shape}) `, note);
    const box = div("lab-tensor", title, div("lab-scroll", this.#table(role, name)));
    if (role === "inputs") {
      const disabled = length === MAX_INPUTS;
      box.append(button("Add an input", this.actions.added, { disabled }));
    }
    box.dataset.tensor = role;
    box.style.setProperty("--c", `var(--${color})`);
    return box;
  }

  /**
   * @param {Role} role
   * @param {string} name
   */
  #table(role, name) {
    const { state, tensors } = this.scene;
    const matrix = tensors[role];
    const table = make("table", { className: "lab-table", ariaLabel: name });
    if (!isSource(role)) table.role = "grid";
    if (isPairwise(role)) {
      const headings = matrix[0].map((_, index) =>
        this.#heading(() => nameOf(this.scene.state, index), { scope: "col" }),
      );
      table.append(make("thead", {}, make("tr", {}, make("td"), ...headings)));
    }
    /** @type {HTMLElement[][]} */
    const cells = [];
    const rows = matrix.flatMap((numbers, row) => {
      cells.push([]);
      const tr = make("tr");
      for (const column of numbers.keys()) {
        const place = { role, row, column };
        const { td, cell } = isSource(role) ? this.#entry(place, name) : this.#result(place);
        cell.setAttribute("aria-describedby", this.explainedBy);
        this.places.set(td, place);
        cells[row].push(cell);
        tr.append(td);
      }
      if (role === "inputs") this.#addEnds(tr, row);
      if (role === "target") tr.prepend(make("th", { scope: "row" }, queryName(state, row)));
      if (!isPairwise(role)) return tr;
      tr.prepend(this.#heading(() => rowName(this.scene, role, row), { scope: "row" }));
      const { head, query } = headAndQuery(this.scene, row);
      if (query > 0 || state.heads === 1) return tr;
      const title = make("th", { colSpan: numbers.length + 1, scope: "rowgroup" }, `head ${head + 1}`);
      return [make("tr", {}, title), tr];
    });
    this.cells.set(role, cells);
    table.append(...rows);
    return table;
  }

  /**
   * Make the cell of a typed number.
   *
   * @param {Place} place
   * @param {string} name
   */
  #entry({ role, row, column }, name) {
    const cell = make("input", {
      value: String(this.scene.tensors[role][row][column]),
      autocomplete: "off",
      ariaLabel: `${name}, row ${row + 1}, column ${column + 1}`,
    });
    return { td: make("td", {}, cell), cell };
  }

  /**
   * Make the cell of a result. Only the last visited result of a tensor is in the tab order.
   *
   * @param {Place} place
   */
  #result({ row, column }) {
    const td = make("td", { tabIndex: row === 0 && column === 0 ? 0 : -1 });
    return { td, cell: td };
  }

  /**
   * Put the name of an input before its row, and a button that removes it after the row.
   *
   * @param {HTMLElement} tr
   * @param {number} index
   */
  #addEnds(tr, index) {
    const { state } = this.scene;
    const name = make("input", {
      value: nameOf(state, index),
      maxLength: MAX_NAME,
      autocomplete: "off",
      ariaLabel: `name of input ${index + 1}`,
    });
    name.addEventListener("input", () => {
      state.tokens[index] = cleanName(name.value);
      this.actions.renamed();
    });
    name.addEventListener("change", () => (name.value = nameOf(state, index)));
    const remove = button("×", () => this.actions.removed(index), {
      ariaLabel: `Remove input ${index + 1}`,
      disabled: state.tokens.length === 1,
    });
    tr.prepend(make("th", { scope: "row" }, name));
    tr.append(make("td", {}, remove));
  }

  /**
   * Make a heading that follows a name.
   *
   * @param {() => string} name
   * @param {Partial<HTMLTableCellElement>} properties
   */
  #heading(name, properties) {
    const heading = make("th", properties);
    this.headings.set(heading, name);
    return heading;
  }

  /** @param {EventTarget | null} target @returns {Place | undefined} */
  placeOf(target) {
    const td = target instanceof Element ? target.closest("td") : null;
    return td ? this.places.get(td) : undefined;
  }

  /** @param {Place} place @returns {HTMLElement | undefined} */
  cellAt({ role, row, column }) {
    return this.cells.get(role)?.[row]?.[column];
  }

  /**
   * Return the input element of a typed number, undefined for a result.
   *
   * @param {Place} place
   */
  entryAt(place) {
    const cell = this.cellAt(place);
    return cell instanceof HTMLInputElement ? cell : undefined;
  }

  /**
   * Show the results, formulas and names of a scene with unchanged shapes, and the old values of
   * results that changed.
   *
   * @param {Scene} scene
   * @param {Scene["tensors"]} before
   */
  fill(scene, before) {
    this.scene = scene;
    for (const role of RESULTS) {
      const matrix = scene.tensors[role];
      const texts = inCells(matrix);
      const old = inCells(before[role]);
      const isComparable = old.length === texts.length;
      for (const [row, cells] of this.cells.get(role)?.entries() ?? [])
        for (const [column, cell] of cells.entries()) {
          cell.textContent = texts[row][column];
          cell.dataset.value = String(matrix[row][column]);
          const hasChanged = isComparable && old[row][column] !== texts[row][column];
          if (hasChanged) cell.dataset.old = old[row][column];
          else delete cell.dataset.old;
          if (role === "weights") cell.style.setProperty("--weight", cell.dataset.value);
        }
      this.formulas.get(role)?.replaceChildren(...paint(formula(scene, role), this.written));
    }
    for (const [element, name] of this.headings) element.textContent = name();
  }

  /**
   * Mark the cells of an explanation.
   *
   * @param {Explanation} explanation
   */
  mark({ sources, results }) {
    for (const [td, place] of this.places) {
      td.classList.toggle("lab-lit", sources.some((area) => covers(area, place, this.scene)));
      td.classList.toggle("lab-result", results.some((area) => covers(area, place, this.scene)));
    }
  }

  /**
   * Make a result the only one of its tensor in the tab order.
   *
   * @param {Place} place
   */
  makeTabStop(place) {
    for (const cell of this.cells.get(place.role)?.flat() ?? []) cell.tabIndex = -1;
    const cell = this.cellAt(place);
    if (cell) cell.tabIndex = 0;
  }
}

/**
 * Return the texts of a matrix in a uniform format.
 *
 * @param {number[][]} matrix
 */
function inCells(matrix) {
  const isWhole = (/** @type {number} */ number) =>
    Number.isInteger(number) || number === -Infinity;
  const whole = matrix.flat().every(isWhole);
  return matrix.map((row) => row.map((number) => shorten(number, whole)));
}

/**
 * Make the short form for the bar: for each query its weights as shades, and its outputs, with the
 * old values where they changed. Screen readers hear the outputs instead.
 *
 * @param {Scene} scene
 * @param {number[][]} before the outputs when the editing began
 */
export function summarize({ state, tensors }, before) {
  const now = inCells(tensors.outputs);
  const then = inCells(before);
  const rows = now.map((row, query) => {
    const ofHeads = tensors.weights.filter((_, row) => row % now.length === query);
    const shades = ofHeads.map((weights) => make("td", {}, ...weights.map(shadeOf)));
    const numbers = row.map((text, column) => {
      const old = then[query]?.[column] ?? text;
      return old === text ? make("span", {}, text) : make("b", {}, make("s", {}, old), ` ${text}`);
    });
    const cells = numbers.map((number) => make("td", {}, number));
    const name = make("th", {}, queryName(state, query));
    return make("tr", {}, name, ...shades, ...cells);
  });
  return make("table", { className: "lab-changes" }, ...rows);
}

/** @param {number} weight */
function shadeOf(weight) {
  const shade = make("span", { className: "lab-shade" });
  shade.style.setProperty("--weight", String(weight));
  return shade;
}
