/** What a visitor fills in, and where a refusal is shown. */

import { Problem } from "./api";
import { h, say } from "./nodes";
import { W, count, fill } from "./words";

const TEXT_LENGTH = 4000;

export interface Field {
  name: string;
  node: HTMLElement;
  input: HTMLInputElement;
  say(sentence?: string): void;
}

export type Known = Record<string, string | null>;

export function field(
  name: "name" | "email" | "phone" | "message" | "key", type: string, value: string | null | undefined, more: Record<string, unknown>,
): Field {
  const lines = !type;
  const problem = h("p.error", { id: `${name}-error`, role: "alert" });
  const input = h<HTMLInputElement>(lines ? "textarea" : "input", {
    id: name, name, type: type || null, dir: "auto", "aria-describedby": `${name}-error`, ...more,
  });
  input.value = value ?? "";
  const label = h("label", { for: name }, h("span", {}, W[name]), !lines && !more.readonly && h("small", {}, W.optional));
  return {
    name,
    input,
    node: h("div.field", {}, label, input, problem),
    say(sentence = "") {
      say(problem, sentence);
      input.ariaInvalid = String(!!sentence);
      if (sentence) input.focus();
    },
  };
}

/** Name, email, phone: all may stay blank (N4). */
export const contact = (known: Known = {}) => [
  field("name", "text", known.name, { autocomplete: "name" }),
  field("email", "email", known.email, { autocomplete: "email" }),
  field("phone", "tel", known.phone, { autocomplete: "tel" }),
] as const;

/** Says a refusal at the field it is about, else for the whole form. Throws what is not a Problem. */
export function refuse(fields: readonly Field[], whole: HTMLElement, problem: unknown) {
  if (!(problem instanceof Problem)) throw problem;
  const about = problem.field === "text" ? "message" : problem.field;
  const one = fields.find(({ name }) => name === about);
  if (one) one.say(problem.sentence);
  else complain(whole, problem.sentence);
}

/** Says it where it is seen: what is said below may be out of sight. */
export function complain(whole: HTMLElement, sentence: string) {
  say(whole, sentence);
  whole.scrollIntoView({ block: "nearest" });
}

/** What is wrong with a message, in words; "" where nothing is. */
export function wrongText(text: string) {
  const length = [...text].length;
  if (!text.trim()) return W.empty;
  return length > TEXT_LENGTH ? fill(W.tooLong, count(length)) : "";
}
