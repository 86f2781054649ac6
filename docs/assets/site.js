// SPDX-License-Identifier: MIT
// What the pages do beyond reading. No module: browsers refuse modules that come from a disk.
"use strict";

{
  const make = (tag, properties, ...content) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...content);
    return element;
  };

  // What scrolls sideways must be reachable by keyboard, and only while it does scroll.
  const sized = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
    }
  });

  function mend() {
    const scrolling = "pre > code, .md-typeset__scrollwrap, div.arithmatex, figure.drawing";
    sized.disconnect();
    for (const box of document.querySelectorAll(scrolling)) sized.observe(box);
    // A landmark for every copy button drowns the real ones.
    for (const bar of document.querySelectorAll(".md-code__nav")) bar.setAttribute("role", "none");
    // From a disk, no server turns "inputs/" into "inputs/index.html".
    if (location.protocol !== "file:") return;
    for (const link of document.querySelectorAll("a[href]"))
      if (link.protocol === "file:" && link.pathname.endsWith("/")) link.pathname += "index.html";
  }

  // Each code block brings the program that it is a part of; a button copies it.
  function offerPrograms() {
    for (const program of document.querySelectorAll(".program")) {
      const block = program.nextElementSibling;
      if (!block?.matches(".highlight") || block.querySelector(".copy-program")) continue;
      const button = make("button", {
        className: "copy-program",
        title: "Copy this code with all that it needs to run anywhere",
        ariaLive: "polite",
      });
      const say = (text) => (button.textContent = text);
      button.addEventListener("click", async () => {
        const value = program.content.textContent;
        try {
          await navigator.clipboard.writeText(value);
          say("Copied");
        } catch {
          const onblur = () => area.remove();
          const area = make("textarea", { value, readOnly: true, ariaLabel: "The program", onblur });
          block.after(area);
          area.select();
          say("Not copied");
        }
        setTimeout(say, 2000, "As a program");
      });
      say("As a program");
      block.append(button);
    }
  }

  // A block of the class "download" shows a whole file, which is its program too: a link saves it.
  function offerDownloads() {
    for (const block of document.querySelectorAll(".program + .download")) {
      if (block.nextElementSibling?.matches("[download]")) continue;
      const download = block.querySelector(".filename").textContent.split("/").pop();
      const text = block.previousElementSibling.content.textContent;
      const href = `data:text/x-python;charset=utf-8,${encodeURIComponent(text)}`;
      block.after(make("a", { className: "md-button", download, href }, `Download ${download}`));
    }
  }

  // An exercise is a question and a folded solution that begins with a list of answers and reasons:
  // numbers to type, or one reason for each choice in a numbered list after the question. The
  // answer in bold is right.
  const NEAR = 0.01; // two decimals, whether rounded or cut off
  const numbersIn = (text) => (text.match(/-?\d+(\.\d+)?(e[-+]?\d+)?/g) ?? []).map(Number);
  const read = (text) => {
    const plain = text.trim().replace("\u2212", "-").replace(",", ".");
    const [top, bottom = 1] = plain.split("/");
    return /^[-+]?(\d+\.?\d*|\.\d+)(\/\d+)?$/.test(plain) ? top / bottom : NaN;
  };
  const near = (a, b) => Math.abs(a - b) < NEAR;

  // Both return a legend, what to put below it, and a judge: which reason (-1: none), other words.
  const choices = (list) => {
    const radios = [...list.children].map((item) => {
      const radio = make("input", { type: "radio", name: "choice" });
      item.replaceChildren(make("label", {}, radio, make("span", {}, ...item.childNodes)));
      return radio;
    });
    const judge = () => [radios.findIndex((radio) => radio.checked), "Choose one of the answers."];
    return ["Choose an answer", [list], judge];
  };
  const boxes = (reasons, right) => {
    const answers = reasons.map((reason) => numbersIn(reason.firstChild.textContent));
    const wanted = answers[right];
    const many = wanted.length > 1;
    const inputs = wanted.map((_, place) =>
      make("input", {
        ariaLabel: many ? `Number ${place + 1} of ${wanted.length}` : "Number",
        // decimal has no minus on iOS
        inputMode: Math.min(...answers.flat()) < 0 ? "text" : "decimal",
      }),
    );
    const judge = () => {
      const given = inputs.map((input) => read(input.value));
      const fits = given.map((number, place) => near(number, wanted[place]));
      inputs.forEach((input, place) => (input.ariaInvalid = !fits[place]));
      const unread = inputs[given.findIndex(isNaN)];
      if (unread) {
        unread.focus();
        const text = unread.value.trim();
        return [-1, text ? `\u201c${text}\u201d is not a number.` : "A number is missing."];
      }
      const known = answers.findIndex(
        (answer) => answer.length === given.length && answer.every((n, i) => near(n, given[i])),
      );
      const fitting = fits.filter(Boolean).length;
      const words = many
        ? `${fitting || "None"} of the ${wanted.length} numbers ${fitting > 1 ? "fit" : "fits"}.`
        : `The right number is ${given[0] < wanted[0] ? "larger" : "smaller"}.`;
      return [known, words];
    };
    const exact = wanted.every(Number.isInteger);
    const legend = `Type ${many ? `${wanted.length} numbers` : "a number"}`;
    return [exact ? legend : `${legend}, two decimals are enough`, inputs, judge];
  };

  function offerAnswers() {
    document.querySelectorAll("details.quiz").forEach((solution, count) => {
      const before = solution.previousElementSibling;
      const reasons = [...solution.querySelectorAll(":scope > summary + :is(ul, ol) > li")];
      const right = reasons.findIndex((reason) => reason.firstChild.nodeName === "STRONG");
      if (right < 0 || before.matches("form")) return;
      const list = before.matches("ol") && before;
      if (!list && !numbersIn(reasons[right].firstChild.textContent).length) return;
      const question = list ? list.previousElementSibling : before;
      question.id ||= `exercise-${count}`;
      const verdict = make("p", { role: "status" });
      const form = make("form", { className: "exercise", autocomplete: "off" });
      solution.before(form);
      const [legend, fields, judge] = list ? choices(list) : boxes(reasons, right);
      const how = make("legend", { id: `${question.id}-how` }, legend);
      const group = make("fieldset", {}, how, ...fields, make("button", {}, "Check"));
      group.setAttribute("aria-labelledby", `${question.id} ${how.id}`);
      form.append(group, verdict);
      form.addEventListener("input", () => verdict.replaceChildren());
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        const [known, words] = judge();
        verdict.className = known === right ? "right" : "";
        const told = known < 0 ? [words] : reasons[known].cloneNode(true).childNodes;
        const word = make("strong", {}, known === right ? "Right." : "Not yet.");
        verdict.replaceChildren(word, " ", ...told);
      });
    });
  }

  // Escape closes the box of a term.
  for (const kind of ["keydown", "focusin", "pointerover"])
    addEventListener(kind, ({ key }) => {
      if (!key || key === "Escape") document.body.classList.toggle("no-terms", !!key);
    });

  // From a disk, the theme's instant navigation ends every other script of the theme.
  if (location.protocol === "file:")
    __config.text = __config.text.replace("navigation.instant", "");

  // The theme asks for the search index on each page, a third of all its bytes. The answer waits
  // until somebody searches.
  const searched = new Promise((resolve) =>
    addEventListener("focusin", ({ target }) => target.closest(".md-search") && resolve()),
  );
  window.XMLHttpRequest = class extends XMLHttpRequest {
    open(method, url, ...others) {
      this.waits = /search(_index)?\.json$/.test(url);
      super.open(method, url, ...others);
    }
    async send(body) {
      if (this.waits) await searched;
      super.send(body);
    }
  };

  // The theme's script, which comes next, tells of each page, after instant navigation too.
  addEventListener("DOMContentLoaded", () =>
    document$.subscribe(() => [mend, offerPrograms, offerDownloads, offerAnswers].forEach((f) => f())),
  );
}
