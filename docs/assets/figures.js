// SPDX-License-Identifier: MIT
// @ts-check
// Figures that explain their numbers: readers who point at a number, tap it, or move to it with the
// keyboard see the cells that it was computed from, and its sum in words. The tensors are in the
// figure's data-numbers. later.js loads this script when a reader first turns to a figure.

import { boxOf, explain, next, placeAt, readTensors } from "./answers.js";
import { FOLLOWED, HINT, onEachPage } from "./later.js";

/**
 * @typedef {import("./answers.js").Area} Area
 * @typedef {import("./answers.js").Place} Place
 */

/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Make every figure of the page explain its numbers. */
function letFiguresAnswer() {
  if (document.querySelector(".told[role]")) return; // they do already
  const figures = /** @type {NodeListOf<HTMLElement>} */ (
    document.querySelectorAll("figure[data-numbers]")
  );
  const follows = Array.from(figures, letAnswer);
  offerToFollow((row) => follows.forEach((follow) => follow(row)));
}

/**
 * Make one figure explain its numbers. Return a function that marks the row of an input (-1: none).
 *
 * @param {HTMLElement} figure
 */
function letAnswer(figure) {
  const svg = /** @type {SVGSVGElement} */ (figure.querySelector("svg"));
  const told = /** @type {HTMLElement} */ (figure.querySelector(".told"));
  const tensors = readTensors(figure.dataset.numbers ?? "[]");
  const drawn = tensors.filter(({ cells }) => cells);
  const first = { tensor: drawn[drawn.length - 1], row: 0, column: 0 }; // the result comes last
  const rows = layer(svg);
  const marks = layer(svg);
  /** @type {Place | undefined} */
  let chosen; // by a tap or by the keyboard
  /** @type {Place | undefined} */
  let hovered;

  const show = () => {
    const place = hovered ?? chosen;
    figure.classList.toggle("asked", Boolean(place));
    if (!place) {
      marks.replaceChildren();
      told.textContent = HINT;
      return;
    }
    const { words, sources } = explain(tensors, place);
    const areas = sources.filter(({ tensor }) => tensor.cells);
    marks.replaceChildren(...areas.map((area) => mark(area, "source")), mark(place, "result"));
    told.textContent = words;
  };
  /** @param {MouseEvent} event */
  const placeUnder = ({ clientX, clientY }) => {
    const { left, top, width } = svg.getBoundingClientRect();
    const scale = svg.viewBox.baseVal.width / width;
    return placeAt(tensors, (clientX - left) * scale, (clientY - top) * scale);
  };

  svg.addEventListener("pointermove", (event) => {
    hovered = event.pointerType === "touch" ? undefined : placeUnder(event);
    show();
  });
  svg.addEventListener("pointerleave", () => {
    hovered = undefined;
    show();
  });
  svg.addEventListener("click", (event) => {
    chosen = placeUnder(event);
    svg.focus({ preventScroll: true });
    show();
  });
  svg.addEventListener("focus", () => {
    if (svg.matches(":focus-visible")) chosen ??= first;
    show();
  });
  svg.addEventListener("blur", () => {
    chosen = undefined;
    show();
  });
  svg.addEventListener("keydown", (event) => {
    if (event.key === "Escape") svg.blur();
    const arrow = ARROWS[event.key];
    if (!arrow || event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    chosen = next(tensors, chosen ?? first, ...arrow);
    hovered = undefined;
    show();
  });

  // A screen reader passes the arrow keys on to an application. Its name stays that of the image,
  // but not as a <title>, which would pop up over the cells.
  const title = svg.querySelector("title");
  svg.setAttribute("role", "application");
  svg.setAttribute("aria-label", title?.textContent ?? "");
  svg.setAttribute("aria-describedby", svg.querySelector("desc")?.id ?? "");
  svg.removeAttribute("aria-labelledby");
  title?.remove();
  told.setAttribute("role", "status");
  if (svg.matches(":focus-visible")) chosen = first;
  show();
  return (/** @type {number} */ row) => {
    const ofInputs = drawn.filter(({ rows, values }) => isOfInputs(rows) && values[row]);
    rows.replaceChildren(...ofInputs.map((tensor) => mark({ tensor, row }, "followed")));
  };
}

/**
 * Return whether each row of a tensor belongs to an input of the running example.
 *
 * @param {string | string[]} rows
 */
const isOfInputs = (rows) => rows === "input" || rows.includes("loan");

/**
 * Add an empty group to a drawing, on top of everything else.
 *
 * @param {SVGSVGElement} svg
 */
function layer(svg) {
  const group = document.createElementNS(svg.namespaceURI, "g");
  svg.append(group);
  return group;
}

/**
 * Make a frame around an area, in the color of its tensor.
 *
 * @param {Area} area
 * @param {string} className
 */
function mark(area, className) {
  const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of Object.entries({ ...boxOf(area), class: className, rx: 2 }))
    rect.setAttribute(name, String(value));
  const { color } = area.tensor;
  if (color.startsWith("C")) rect.style.setProperty("stroke", `var(--cycle-${color.slice(1)})`);
  return rect;
}

/**
 * Let the switch at the head of a chapter choose the input whose rows are marked, on this page and
 * on later ones.
 *
 * @param {(row: number) => void} follow
 */
function offerToFollow(follow) {
  const buttons = [...document.querySelectorAll(".follow button")];
  const choose = (/** @type {string | null} */ row) => {
    for (const [index, button] of buttons.entries())
      button.setAttribute("aria-pressed", String(String(index) === row));
    if (buttons.length) follow(Number(row ?? -1));
  };
  for (const [index, button] of buttons.entries())
    button.addEventListener("click", () => {
      const isOn = button.getAttribute("aria-pressed") === "true";
      if (isOn) remember(null);
      else remember(String(index));
      choose(isOn ? null : String(index));
    });
  choose(remembered());
}

function remembered() {
  try {
    return localStorage.getItem(FOLLOWED);
  } catch {
    return null; // the browser keeps nothing
  }
}

/** @param {string | null} row */
function remember(row) {
  try {
    if (row === null) localStorage.removeItem(FOLLOWED);
    else localStorage.setItem(FOLLOWED, row);
  } catch {
    // the browser keeps nothing
  }
}

onEachPage(letFiguresAnswer);
