// SPDX-License-Identifier: MIT
// @ts-check

/**
 * Make an element with properties and content. Strings become text nodes, never HTML.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Partial<HTMLElementTagNameMap[Tag]>} properties
 * @param {(Node | string)[]} content
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, properties = {}, ...content) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...content);
  return element;
}

/**
 * Copy a text to the clipboard. Where the browser forbids that, show the text selected in a box,
 * for copying by hand. The box disappears when it loses the focus.
 *
 * @param {string} text
 * @param {string} name of the box, for screen readers
 * @param {(box: HTMLTextAreaElement) => void} place inserts the box into the page
 * @returns {Promise<boolean>} whether the text is in the clipboard
 */
export async function copy(text, name, place) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const box = make("textarea", { value: text, readOnly: true, ariaLabel: name });
    box.addEventListener("blur", () => box.remove());
    place(box);
    box.select();
    return false;
  }
}
