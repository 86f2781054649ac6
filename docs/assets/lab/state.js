// SPDX-License-Identifier: MIT
// The state of the lab as text: a typed number, a link, a PyTorch script.

export const EDITABLE = ["inputs", "w_query", "w_key", "w_value"];
export const LIMIT = 1e6;
export const MOST_INPUTS = 6;
export const LONGEST_TOKEN = 12;
export const TEMPERATURE = { min: 0.1, max: 5, step: 0.1 };

/** The number that a text means, or null: no number, or beyond ±LIMIT. "−1,5e2" is −150. */
export function parseNumber(text) {
  const plain = text.trim().replaceAll("−", "-").replace(",", ".");
  const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : NaN;
  return Math.abs(number) <= LIMIT ? number + 0 : null; // + 0 makes −0 a plain 0
}

/** A name on one line, without characters that are invisible or turn the text around them. */
export const cleanToken = (text) =>
  [...text.replace(/[\p{C}\p{Z}]+/gu, " ").trim()].slice(0, LONGEST_TOKEN).join("").trim();

/** "#lab=" and, between slashes: four matrices, scale, causal, temperature, the tokens. */
export const encode = (state) => `#lab=${[
  ...EDITABLE.map((role) => state[role].join(";")),
  Number(state.scale), Number(state.causal), state.temperature,
  ...state.tokens.map(encodeURIComponent),
].join("/")}`;

/** The state in a fragment, in the shapes of `start`, or null where anything is off. */
export function decode(fragment, start) {
  const [scale, causal, temperature, ...tokens] = fragment.slice(5).split("/").slice(4);
  try {
    const state = {
      scale: scale === "1",
      causal: causal === "1",
      temperature: parseNumber(temperature),
      tokens: tokens.map(decodeURIComponent),
    };
    EDITABLE.forEach((role, index) => {
      const text = fragment.slice(5).split("/")[index];
      state[role] = text.split(";").map((row) => row.split(",").map(parseNumber));
    });
    const { min, max } = TEMPERATURE;
    const sound = /^[01]{2}$/.test(scale + causal)
      && state.temperature >= min && state.temperature <= max
      && tokens.length > 0 && tokens.length <= MOST_INPUTS
      && state.tokens.every((token) => token === cleanToken(token))
      && EDITABLE.every((role) => state[role].length === (role === "inputs" ? tokens : start[role]).length
        && state[role].every((row) => row.length === start[role][0].length && !row.includes(null)));
    return sound ? state : null;
  } catch { // a part is missing, or a token is no percent-encoded text
    return null;
  }
}

/** A script that computes the outputs in PyTorch and prints them. */
export function toPyTorch(state) {
  const matrices = EDITABLE.map((role) => {
    const rows = state[role].map((row) => `    [${row.join(", ")}],\n`);
    return `${role} = torch.tensor([\n${rows.join("")}], dtype=torch.float64)\n`;
  });
  return `import torch

${matrices.join("")}
queries = inputs @ w_query
keys = inputs @ w_key
values = inputs @ w_value

scores = queries @ keys.T
${state.scale ? "scores = scores / keys.shape[-1] ** 0.5\n" : ""}\
scores = scores / ${state.temperature}  # temperature
${state.causal ? `mask = torch.ones_like(scores, dtype=torch.bool).tril()  # True = may attend
scores = scores.masked_fill(~mask, float("-inf"))
` : ""}\
weights = torch.softmax(scores, dim=-1)
outputs = weights @ values
print(outputs)
`;
}
