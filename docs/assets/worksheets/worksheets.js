// SPDX-License-Identifier: MIT
// @ts-check
// <attention-worksheets> makes sheets to print, from a seed or from the numbers of the lab. The
// build joins this module and those it imports into one classic script (engine/site/scripts.py).

import { make } from "../dom.js";
import { LINK as LAB_LINK, decode as decodeLab, nameOf } from "../lab/state.js";
import {
  LINK,
  MAX_STUDENTS,
  PAGES,
  POWERS,
  PRACTICES,
  decode,
  encode,
  isSeed,
  makeTask,
  roundTo,
  solve,
} from "./sheets.js";

/**
 * @typedef {import("./sheets.js").Matrix} Matrix
 * @typedef {import("./sheets.js").Order} Order
 * @typedef {import("./sheets.js").Task} Task
 *
 * A matrix on a sheet. `rows` and `columns` say whether it has a row or a column for each input.
 *
 * @typedef {{ name: string, role: string, matrix: Matrix, rows?: boolean, columns?: boolean, isGiven?: boolean }} Box
 * @typedef {{ words: string, boxes: Box[] }} Step
 */

const WHOLE = 1e-9; // largest distance from a whole number that is written as such

/** @param {number} number */
function onPaper(number) {
  if (number === -Infinity) return "hidden";
  const rounded = roundTo(number, 2);
  const isWhole = Math.abs(number - Math.round(number)) < WHOLE;
  return String(isWhole ? Math.round(number) + 0 : rounded).replace("-", "\u2212");
}

/**
 * Return the steps of a sheet: first the given matrices, then those to fill in.
 *
 * @param {Task} task
 * @returns {Step[]}
 */
function stepsOf(task) {
  const { queries, keys, values, heads, outputs } = solve(task);
  const several = heads.length > 1;
  const number = (/** @type {number} */ head) => (several ? `, head ${head + 1}` : "");
  const half = several ? " Head 1 has the left half of the columns, head 2 the right half." : "";
  const divide = task.divided && ` Divide each by ${task.divided}.`;
  const hide = task.causal ? " No input may look at a later one: these scores are hidden, and their shares are 0." : "";
  /** @param {"scores" | "powers" | "shares"} step @param {string} role @returns {Box[]} */
  const ofHeads = (step, role) =>
    heads.map((head, index) => ({
      name: `${step}${number(index)}`,
      role,
      matrix: head[step],
      rows: true,
      columns: true,
    }));
  const isListed = heads.every(({ scores }) => scores.flat().every((s) => Number.isInteger(s) || s === -Infinity));
  return [
    {
      words: "Given: the inputs, one to a row, and three matrices.",
      boxes: [
        { name: "x", role: "inputs", matrix: task.inputs, rows: true, isGiven: true },
        { name: "w_query", role: "w-query", matrix: task.w_query, isGiven: true },
        { name: "w_key", role: "w-key", matrix: task.w_key, isGiven: true },
        { name: "w_value", role: "w-value", matrix: task.w_value, isGiven: true },
      ],
    },
    {
      words: `1. Multiply each row of x by each column of w_query, w_key and w_value.${half}`,
      boxes: [
        { name: "queries", role: "queries", matrix: queries, rows: true },
        { name: "keys", role: "keys", matrix: keys, rows: true },
        { name: "values", role: "values", matrix: values, rows: true },
      ],
    },
    {
      words: `2. Scores: each query (row) times each key (column), number by number, added up.${divide}${hide}`,
      boxes: ofHeads("scores", "scores"),
    },
    {
      words: `3. In each row, subtract the greatest score, and take the power of e${isListed ? `: ${powersOfE()}` : ", with a calculator"}.`,
      boxes: ofHeads("powers", "weights"),
    },
    {
      words: "4. Shares: divide each power by the sum of its row, and round to tenths.",
      boxes: ofHeads("shares", "weights"),
    },
    {
      words: `5. Outputs: each row of values times its share, added up.${several ? " Write the heads side by side." : ""}`,
      boxes: [{ name: "outputs", role: "outputs", matrix: outputs, rows: true }],
    },
  ];
}

/** Return the table of powers in one line: "e⁰ = 1, e⁻¹ = 0.37, …". */
function powersOfE() {
  const signs = "\u2070\u00b9\u00b2\u00b3\u2074\u2075";
  const powers = POWERS.map((power, below) => `e${below ? "\u207b" : ""}${signs[below]} = ${power}`);
  return `${powers.join(", ")}, and 0 below that`;
}

/**
 * @param {Box} box
 * @param {string[]} names of the inputs
 * @param {boolean} isFilled whether it shows the numbers
 */
function tableOf({ name, role, matrix, rows, columns, isGiven }, names, isFilled) {
  const caption = make("caption", { className: `tensor-${role}` }, name);
  const table = make("table", { className: isGiven ? "sheet-given" : "sheet-box" }, caption);
  table.style.setProperty("--c", `var(--tensor-${role})`);
  if (columns) {
    const heads = matrix[0].map((_, index) => make("th", { scope: "col" }, names[index]));
    table.append(make("thead", {}, make("tr", {}, make("td"), ...heads)));
  }
  const body = matrix.map((numbers, row) => {
    const cells = numbers.map((number) => make("td", {}, isFilled || isGiven ? onPaper(number) : ""));
    const head = rows ? [make("th", { scope: "row" }, names[row])] : [];
    return make("tr", {}, ...head, ...cells);
  });
  table.append(make("tbody", {}, ...body));
  return table;
}

/**
 * @param {string} title
 * @param {Task} task
 * @param {string[]} names of the inputs
 * @param {boolean} isFilled whether it is the answer key
 */
function sheetOf(title, task, names, isFilled) {
  const sheet = make("section", { className: "worksheet" });
  const top = make("h3", {}, isFilled ? `${title}: answers` : title);
  sheet.append(top);
  if (!isFilled) sheet.append(make("p", { className: "sheet-name" }, "Name"));
  const steps = make("div", { className: "sheet-steps" });
  sheet.append(steps);
  for (const { words, boxes } of stepsOf(task)) {
    const row = make("div", { className: "sheet-row" });
    row.append(...boxes.map((box) => tableOf(box, names, isFilled)));
    steps.append(make("div", { className: "sheet-step" }, make("p", {}, words), row));
  }
  return sheet;
}

/**
 * @template {HTMLElement} E
 * @param {string} words
 * @param {E} field
 */
const labeled = (words, field) => make("label", {}, `${words} `, field);

/** @param {Record<string, string>} options */
const choiceOf = (options) =>
  make("select", {}, ...Object.entries(options).map(([value, text]) => make("option", { value }, text)));

class AttentionWorksheets extends HTMLElement {
  #practice = choiceOf(Object.fromEntries(Object.entries(PRACTICES).map(([key, { title }]) => [key, title])));
  #seed = make("input", { value: "1", maxLength: 20, required: true, autocomplete: "off" });
  #students = make("input", { type: "number", min: "1", max: String(MAX_STUDENTS), value: "30", required: true });
  #pages = choiceOf(PAGES);
  #print = make("button", { type: "button", hidden: true, onclick: () => print() }, "Print");
  #said = make("p", { role: "status" });
  #sheets = make("div", { className: "sheets" });

  connectedCallback() {
    const form = make(
      "form",
      {},
      labeled("Practice", this.#practice),
      labeled("Seed", this.#seed),
      labeled("Students", this.#students),
      labeled("Pages", this.#pages),
      make("button", {}, "Make the sheets"),
      this.#print,
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#order();
    });
    this.replaceChildren(form, this.#said, this.#sheets);
    this.openLink();
  }

  /** Put the settings of the form into the address, and make the sheets. */
  #order() {
    const seed = this.#seed.value.trim();
    if (!isSeed(seed)) {
      this.#say("A seed may have letters, digits, spaces, periods and hyphens.");
      return;
    }
    const practice = /** @type {import("./sheets.js").Practice} */ (this.#practice.value);
    const pages = /** @type {keyof typeof PAGES} */ (this.#pages.value);
    const link = encode({ practice, seed, first: 1, last: Number(this.#students.value), pages });
    history.replaceState(history.state, "", link);
    this.openLink();
  }

  /** Make the sheets that the address asks for, if any. */
  openLink() {
    const { hash } = location;
    this.#sheets.replaceChildren();
    this.#print.hidden = true;
    this.#say("");
    if (hash.startsWith(LAB_LINK)) this.#show(fromLab(hash));
    if (!hash.startsWith(LINK)) return;
    const order = decode(hash);
    this.#show(order && fromSeed(order));
    if (!order) return;
    this.#practice.value = order.practice;
    this.#seed.value = order.seed;
    this.#pages.value = order.pages;
    if (order.first === 1) this.#students.value = String(order.last);
  }

  /** @param {HTMLElement[] | null} sheets */
  #show(sheets) {
    if (!sheets) {
      this.#say("The link does not fit and was ignored.");
      return;
    }
    this.#sheets.replaceChildren(...sheets);
    this.#print.hidden = false;
    this.#say(`${sheets.length} ${sheets.length > 1 ? "pages" : "page"} to print.`);
  }

  /** @param {string} words */
  #say(words) {
    this.#said.textContent = words;
  }
}

/** @param {Order} order */
function fromSeed({ practice, seed, first, last, pages }) {
  const students = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const tasks = students.map((student) => makeTask(practice, seed, student));
  /** @param {boolean} isFilled */
  const all = (isFilled) =>
    tasks.map((task, index) => {
      const student = students[index];
      const names = task.inputs.map((_, row) => String(row + 1));
      const title = `${PRACTICES[practice].title}, seed ${seed}, sheet ${student}`;
      const sheet = sheetOf(title, task, names, isFilled);
      const href = encode({ practice, seed, first: student, last: student, pages: "sheets" });
      if (!isFilled && first !== last)
        sheet.children[1].append(make("a", { href }, "Only this sheet"));
      return sheet;
    });
  return [...(pages === "answers" ? [] : all(false)), ...(pages === "sheets" ? [] : all(true))];
}

/**
 * Return a sheet and its answers with the numbers of the lab, or null for an invalid link.
 *
 * @param {string} fragment
 */
function fromLab(fragment) {
  const [inputs, w_query, w_key, w_value] = fragment.slice(LAB_LINK.length).split("/", 4).map(shapeOf);
  const isConnected =
    w_value !== undefined &&
    [w_query, w_key, w_value].every((matrix) => matrix.length === inputs[0].length) &&
    w_query[0].length === w_key[0].length;
  const settings = { target: null, heads: 1, scale: false, causal: false, temperature: 1, tokens: [] };
  const state = isConnected && decodeLab(fragment, { inputs, w_query, w_key, w_value, ...settings });
  if (!state) return null;
  const { temperature, scale, causal, tokens } = state;
  const d_k = state.w_key[0].length;
  const divided = [scale && `√${d_k}`, temperature !== 1 && String(temperature)].filter(Boolean);
  const divisor = (scale ? Math.sqrt(d_k) : 1) * temperature;
  const task = { ...state, heads: 1, divisor, divided: divided.join(" · "), causal };
  const names = tokens.map((_, row) => nameOf(state, row));
  return [false, true].map((isFilled) => sheetOf("Self-attention", task, names, isFilled));
}

/**
 * Return a matrix of zeros with the rows and columns of a text.
 *
 * @param {string} text
 */
const shapeOf = (text) => text.split(";").map((row) => row.split(",").map(() => 0));

// Instant navigation runs the script again on each visit to the page.
if (!customElements.get("attention-worksheets")) {
  customElements.define("attention-worksheets", AttentionWorksheets);
  addEventListener("hashchange", () => {
    const element = document.querySelector("attention-worksheets");
    if (element instanceof AttentionWorksheets) element.openLink();
  });
}
