/** What a visitor fills in, and where a refusal is shown. */

import { Problem } from "./api.js";
import { h, say } from "./nodes.js";
import { W, count, fill } from "./words.js";

const TEXT_LENGTH = 4000;

/** @typedef {{name: string, node: HTMLElement, input: HTMLInputElement, say: (sentence?: string) => void}} Field */

/**
 * @param {string} name also of its label's words @param {string} type of the input, or "lines"
 * @param {Record<string, any>} [more] `value`, `required`; the rest are attributes
 * @returns {Field}
 */
export function field(name, type, { value = "", required = false, ...more } = {}) {
  const lines = type === "lines";
  const problem = h("p", { class: "error", id: `${name}-error`, role: "alert" });
  const input = h(lines ? "textarea" : "input", {
    id: name, name, type: lines ? null : type, dir: "auto", "aria-describedby": `${name}-error`, "aria-required": required && "true", ...more,
  });
  input.value = value;
  const label = h("label", { for: name }, h("span", {}, W[name]), !required && h("small", {}, W.optional));
  return {
    name,
    input,
    node: h("div", { class: "field" }, label, input, problem),
    say(sentence = "") {
      say(problem, sentence);
      input.setAttribute("aria-invalid", String(!!sentence));
      if (sentence) input.focus();
    },
  };
}

/** Name, email, phone: all may stay blank (N4). @param {Record<string, string|null>} [known] */
export const contact = (known = {}) => [
  field("name", "text", { value: known.name ?? "", autocomplete: "name" }),
  field("email", "email", { value: known.email ?? "", autocomplete: "email" }),
  field("phone", "tel", { value: known.phone ?? "", autocomplete: "tel" }),
];

/**
 * Says a refusal at the field it is about, else for the whole form. Throws what is not a Problem.
 * @param {Field[]} fields @param {HTMLElement} whole @param {unknown} problem
 */
export function refuse(fields, whole, problem) {
  if (!(problem instanceof Problem)) throw problem;
  const about = problem.field === "text" ? "message" : problem.field;
  const one = fields.find(({ name }) => name === about);
  if (one) one.say(problem.sentence);
  else say(whole, problem.sentence);
}

/** What is wrong with a message, in words; "" where nothing is. @param {string} text */
export function wrongText(text) {
  const length = [...text].length;
  if (!text.trim()) return W.empty;
  return length > TEXT_LENGTH ? fill(W.tooLong, count(length)) : "";
}
