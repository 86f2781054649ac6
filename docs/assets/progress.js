// SPDX-License-Identifier: MIT
// @ts-check
// The reader's progress: the finished chapters, and the chapter to continue with. Progress never
// leaves this browser.

import { make } from "./dom.js";
import { forgetWork, readWork, updateWork, workOn } from "./storage.js";

// `base` is the path from the page that was loaded first to the root of the site.
const config = JSON.parse(document.querySelector("#__config")?.textContent ?? "{}");
const root = new URL(`${config.base ?? "."}/`, location.href);

/** @param {string} address @returns {string} the path below the root of the site, such as "lab/" */
const pathOf = (address) =>
  new URL(address, location.href).pathname.replace(root.pathname, "").replace("index.html", "");

const isChapter = () => document.querySelector("article .about") !== null;

/**
 * Fill in the stored answers of an exercise, and store every change.
 *
 * @param {HTMLFormElement} form
 * @param {string} id of the exercise, which does not depend on its position
 */
export function keepAnswers(form, id) {
  const path = pathOf("");
  const fields = [...form.querySelectorAll("input")];
  const { answers, solved } = workOn(readWork(), path);
  for (const [place, value] of (answers[id] ?? []).entries()) {
    const field = fields[place];
    if (field?.type === "radio") field.checked = value !== "";
    else if (field) field.value = value;
  }
  form.classList.toggle("solved", solved.includes(id));
  form.addEventListener("input", () => {
    const values = fields.map((field) =>
      field.type === "radio" ? (field.checked ? "on" : "") : field.value,
    );
    updateWork((work) => (workOn(work, path).answers[id] = values));
  });
}

/**
 * Store that an exercise of this page was solved.
 *
 * @param {HTMLFormElement} form
 * @param {string} id
 */
export function noteSolved(form, id) {
  form.classList.add("solved");
  const forms = [...document.querySelectorAll("form.exercise")];
  updateWork((work) => {
    const page = workOn(work, pathOf(""));
    if (!page.solved.includes(id)) page.solved.push(id);
    page.finished = forms.every((one) => one.classList.contains("solved"));
  });
  showProgress();
}

/** Mark finished chapters, count solved exercises, and offer to continue or to forget. */
export function showProgress() {
  if (isChapter()) {
    const link = document.querySelector(".md-nav--primary a.md-nav__link--active");
    const title = (link ?? document.querySelector("article h1"))?.textContent?.trim() ?? "";
    updateWork((work) => (work.last = { path: pathOf(""), title }));
  }
  const work = readWork();
  /** @type {NodeListOf<HTMLAnchorElement>} */
  const links = document.querySelectorAll(".md-nav--primary a.md-nav__link");
  for (const link of links) {
    link.querySelector(".finished")?.remove();
    const path = pathOf(link.getAttribute("href") ?? "");
    if (!link.hash && work.pages[path]?.finished) {
      link.append(make("span", { className: "finished", title: "Finished" }, " \u2713"));
    }
  }
  showCount(work.pages[pathOf("")]?.solved.length ?? 0);
  if (pathOf("") === "" && work.last) offerToGoOn(work.last);
  offerToForget(work.last !== null);
}

/** @param {number} solved */
function showCount(solved) {
  const all = document.querySelectorAll("form.exercise").length;
  const place = document.querySelector("article .turn");
  if (!place || !all) return;
  document.querySelector(".solved-count")?.remove();
  const text = `You have solved ${Math.min(solved, all)} of the ${all} exercises above.`;
  if (solved) place.before(make("p", { className: "solved-count", textContent: text }));
}

/** @param {{ path: string, title: string }} last */
function offerToGoOn({ path, title }) {
  const buttons = document.querySelector("article p:has(> .md-button)");
  if (!buttons || buttons.querySelector(".go-on")) return;
  const href = new URL(path, root).href;
  buttons.append(" ", make("a", { className: "md-button go-on", href }, `Go on: ${title}`));
}

/** @param {boolean} isAny whether any progress is stored */
function offerToForget(isAny) {
  const place = document.querySelector(".progress-kept");
  if (!(place instanceof HTMLElement)) return;
  place.hidden = !isAny;
  const button = place.querySelector("button");
  if (!button || button.onclick) return;
  button.onclick = () => {
    forgetWork();
    location.reload();
  };
}
