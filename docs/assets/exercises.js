// SPDX-License-Identifier: MIT
// @ts-check
// Exercises that readers answer on the page.
//
// An exercise is a question and a folded solution of the class "quiz", which begins with a list of
// answers and their reasons. An answer is one or several numbers to type, or, if a numbered list of
// choices follows the question, the reason for one choice. The right answer is in bold.

import { make } from "./dom.js";
import { onEachPage } from "./later.js";
import { parseRows } from "./lists.js";
import { parseNumber } from "./numbers.js";
import { keepAnswers, noteSolved, showProgress } from "./progress.js";

/**
 * The result of checking an answer.
 *
 * @typedef {object} Verdict
 * @property {number} reason the index of the given answer, -1 for an unknown one
 * @property {string} words the message for an unknown answer
 */

/**
 * The fields of a form.
 *
 * @typedef {object} Fields
 * @property {string} legend the instruction
 * @property {HTMLElement[]} elements
 * @property {() => Verdict} judge
 */

const TOLERANCE = 0.01; // two decimals, whether rounded or cut off

/**
 * @param {number} a
 * @param {number} b
 */
const isNear = (a, b) => Math.abs(a - b) < TOLERANCE;

/** @param {string} text @returns {number[]} */
const numbersIn = (text) => (text.match(/-?\d+(\.\d+)?(e[-+]?\d+)?/g) ?? []).map(Number);

/**
 * Return the text of an answer, which is the bold or italic start of its reason.
 *
 * @param {Element} reason
 */
const answerOf = (reason) => reason.firstChild?.textContent ?? "";

/**
 * Turn a list into radio buttons.
 *
 * @param {HTMLElement} list
 * @returns {Fields}
 */
function choicesOf(list) {
  const radios = Array.from(list.children, (item) => {
    const radio = make("input", { type: "radio", name: "choice" });
    item.replaceChildren(make("label", {}, radio, make("span", {}, ...item.childNodes)));
    return radio;
  });
  return {
    legend: "Choose an answer",
    elements: [list],
    judge: () => ({
      reason: radios.findIndex((radio) => radio.checked),
      words: "Choose one of the answers.",
    }),
  };
}

/**
 * Make a box for each number of the right answer.
 *
 * @param {number[][]} answers all known answers
 * @param {number} right the index of the right answer
 * @returns {Fields}
 */
function boxesFor(answers, right) {
  const wanted = answers[right];
  const several = wanted.length > 1;
  const hasMinus = Math.min(...answers.flat()) < 0;
  const boxes = wanted.map((_, place) =>
    make("input", {
      ariaLabel: several ? `Number ${place + 1} of ${wanted.length}` : "Number",
      inputMode: hasMinus ? "text" : "decimal", // "decimal" has no minus on iOS
    }),
  );
  for (const [place, box] of boxes.entries()) {
    box.addEventListener("input", () => box.removeAttribute("aria-invalid"));
    box.addEventListener("paste", (event) => {
      const text = event.clipboardData?.getData("text") ?? "";
      if (spread(text, boxes.slice(place))) event.preventDefault();
    });
  }

  const judge = () => {
    if (boxes.slice(1).every((box) => !box.value)) spread(boxes[0].value, boxes); // "(3, 2)"
    const given = boxes.map((box) => parseNumber(box.value) ?? NaN);
    const fits = given.map((number, place) => isNear(number, wanted[place]));
    boxes.forEach((box, place) => (box.ariaInvalid = String(!fits[place])));
    const unread = boxes[given.findIndex(Number.isNaN)];
    if (unread) {
      unread.focus();
      const typed = unread.value.trim();
      const words = typed ? `\u201c${typed}\u201d is not a number.` : "A number is missing.";
      return { reason: -1, words };
    }
    const reason = answers.findIndex(
      (answer) =>
        answer.length === given.length && answer.every((number, i) => isNear(number, given[i])),
    );
    if (!several) {
      const direction = given[0] < wanted[0] ? "larger" : "smaller";
      return { reason, words: `The right number is ${direction}.` };
    }
    const fitting = fits.filter(Boolean).length;
    const verb = fitting > 1 ? "fit" : "fits";
    return { reason, words: `${fitting || "None"} of the ${wanted.length} numbers ${verb}.` };
  };

  const task = several ? `Type ${wanted.length} numbers` : "Type a number";
  const exact = wanted.every(Number.isInteger);
  const legend = exact ? task : `${task}, two decimals are enough`;
  return { legend, elements: boxes, judge };
}

/**
 * Spread a list of numbers over the boxes. Return false if the text is no list that fits.
 *
 * @param {string} text
 * @param {HTMLInputElement[]} boxes
 */
function spread(text, boxes) {
  const numbers = parseRows(text)?.flat() ?? [];
  if (numbers.length < 2 || numbers.length > boxes.length) return false;
  for (const [place, number] of numbers.entries()) {
    boxes[place].value = String(number);
    boxes[place].dispatchEvent(new Event("input", { bubbles: true }));
  }
  boxes[numbers.length - 1].focus();
  return true;
}

/**
 * Put a form between the question and its solution.
 *
 * @param {Element} solution
 * @param {number} count the number of solutions before it on the page
 */
function offerAnswer(solution, count) {
  const before = /** @type {HTMLElement} */ (solution.previousElementSibling);
  const reasons = [...solution.querySelectorAll(":scope > summary + :is(ul, ol) > li")];
  const right = reasons.findIndex((reason) => reason.firstChild?.nodeName === "STRONG");
  if (right < 0 || before.matches("form")) return; // not asked here, or asked already
  const hasChoices = before.matches("ol");
  const answers = reasons.map((reason) => numbersIn(answerOf(reason)));
  if (!hasChoices && !answers[right].length) return;

  const question = hasChoices ? /** @type {Element} */ (before.previousElementSibling) : before;
  question.id ||= `exercise-${count}`;
  const form = make("form", { className: "exercise", autocomplete: "off" });
  solution.before(form);
  const { legend, elements, judge } = hasChoices ? choicesOf(before) : boxesFor(answers, right);
  const task = make("legend", { id: `${question.id}-how` }, legend);
  const group = make("fieldset", {}, task, ...elements, make("button", {}, "Check"));
  group.setAttribute("aria-labelledby", `${question.id} ${task.id}`);
  const status = make("p", { role: "status" });
  form.append(group, status);
  const key = question.textContent?.trim().slice(0, 60) ?? ""; // exercises may change places
  keepAnswers(form, key);

  form.addEventListener("input", () => status.replaceChildren());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { reason, words } = judge();
    const isRight = reason === right;
    const said = reason < 0 ? [words] : reasons[reason].cloneNode(true).childNodes;
    status.className = isRight ? "right" : "";
    status.replaceChildren(make("strong", {}, isRight ? "Right." : "Not yet."), " ", ...said);
    if (isRight) noteSolved(form, key);
  });
}

/** Put a form at every exercise of the page. */
onEachPage(() => {
  document.querySelectorAll("details.quiz").forEach(offerAnswer);
  showProgress();
});
