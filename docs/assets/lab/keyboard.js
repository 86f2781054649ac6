// SPDX-License-Identifier: MIT
// @ts-check
// The keys that move between cells.

/** @typedef {import("./explain.js").Place} Place */

/** @type {Record<string, { row: number, column: number }>} */
const MOVES = {
  ArrowLeft: { row: 0, column: -1 },
  ArrowRight: { row: 0, column: 1 },
  ArrowUp: { row: -1, column: 0 },
  ArrowDown: { row: 1, column: 0 },
  Enter: { row: 1, column: 0 },
};

/**
 * Return how far a key moves, or null for other keys and for those with a modifier.
 *
 * @param {KeyboardEvent} event
 */
export function moveOf(event) {
  const hasModifier = event.shiftKey || event.altKey || event.ctrlKey || event.metaKey;
  return hasModifier ? null : MOVES[event.key] ?? null;
}

/**
 * Move the focus from a cell to its neighbor. In a box with text, left and right move the caret.
 *
 * @param {KeyboardEvent} event
 * @param {import("./view.js").Tables} tables
 */
export function moveFocus(event, tables) {
  const move = moveOf(event);
  const place = tables.placeOf(event.target);
  if (!move || !place) return;
  const hasCaret = event.target instanceof HTMLInputElement && event.target.value !== "";
  if (hasCaret && move.column) return;
  const next = tables.cellAt({
    role: place.role,
    row: place.row + move.row,
    column: place.column + move.column,
  });
  if (!next) return;
  event.preventDefault();
  next.focus();
  if (next instanceof HTMLInputElement) next.select();
}
