/** Building nodes. Nothing is ever parsed from text: what people write can only become text. */

import type { Page } from "./types";
import { W } from "./words";

type Child = Node | string | null | undefined | false | "";

/**
 * An element. Properties that begin with "on" are listeners; true sets a bare attribute, false and null set none.
 * @param selector a tag with its classes: "p.error"
 */
export function h<T extends HTMLElement = HTMLElement>(
  selector: string, properties: Record<string, unknown> = {}, ...children: Child[]
): T {
  const [tag, ...classes] = selector.split(".") as [string, ...string[]];
  const node = document.createElement(tag) as T;
  node.className = classes.join(" ");
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value as EventListener);
    else if (value != null && value !== false) node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...(children.filter(Boolean) as (Node | string)[]));
  return node;
}

/** A button that does something. */
export const button = (selector: string, words: Child, act?: () => void, more: Record<string, unknown> = {}) =>
  h<HTMLButtonElement>(`button${selector}`, { type: act ? "button" : "submit", ...(act && { onclick: act }), ...more }, words);

/** Whether a key belongs to a word that is being composed (as Japanese is). Safari tells of the last such key, Enter, only
 * after the composition, with the key code that all of them have. */
export const composing = (event: KeyboardEvent) => event.isComposing || event.keyCode === 229;

/** A form that is sent by us, not by the browser. */
export const form = (selector: string, submit: () => void, ...children: Child[]) =>
  h<HTMLFormElement>(`form${selector}`, { novalidate: true, onsubmit: (event: Event) => (event.preventDefault(), submit()) }, ...children);

/** Draws; from the first part. */
export let icon: Page["icon"];
export const draw = (by: Page["icon"]) => {
  icon = by;
};

export const DOWN = "M6 9.5l6 6 6-6";
export const MORE = "M12 6h.01M12 12h.01M12 18h.01";
export const SEND = "M12 19.5v-15M5.5 11 12 4.5l6.5 6.5";
export const LOCK = "M6.5 10.5h11v9h-11zM8.5 10.5V8a3.5 3.5 0 0 1 7 0v2.5";
export const DONE = "M5 12.5l4.5 4.5L19 7.5";
export const STAR = "M12 3.8l2.5 5.2 5.7.8-4.1 4 1 5.7-5.1-2.7-5.1 2.7 1-5.7-4.1-4 5.7-.8z";

/** A link to another tab that tells the other side nothing. What is not for the web or mail stays text. @param text what
 * it says, where that is not its address */
export function link(url: string, text?: string): Node {
  try {
    const { protocol, href } = new URL(url);
    if (/^(https?|mailto):$/.test(protocol)) {
      return h("a", {
        href, target: "_blank", rel: "noopener noreferrer nofollow", "aria-label": text && `${text} (${W.newTab})`,
      }, text ?? url);
    }
  } catch { /* not an address */ }
  return document.createTextNode(text ?? url);
}

// Ends at what cannot be in an address, and at marks that turn the direction of writing, which could disguise one.
const ADDRESS = /(?:https?:\/\/|mailto:)[^\s<>"'\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gi;
const ONLY_EMOJI = /^(?=.*[\p{Extended_Pictographic}\p{RI}])[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{RI}\u200d\ufe0f\u{e0020}-\u{e007f} ]{1,12}$/u;

/** An address without what ends the sentence around it: a full stop, or a bracket that opened before it. */
function withoutSentenceEnd(address: string) {
  const count = (sign: string) => address.split(sign).length;
  while (/[.,;:!?…،؛؟*_]$/.test(address) || (address.endsWith(")") && count(")") > count("("))) address = address.slice(0, -1);
  return address;
}

/** What somebody wrote: text as it is, with its addresses as links. */
export function written(text: string) {
  const paragraph = h(ONLY_EMOJI.test(text) ? "p.text.big" : "p.text", { dir: "auto" });
  let done = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = withoutSentenceEnd(match[0]);
    paragraph.append(text.slice(done, match.index), link(address));
    done = match.index + address.length;
  }
  paragraph.append(text.slice(done));
  return paragraph;
}

/** Says something in a live region, but not the same again. */
export function say(node: HTMLElement, words: string | false | null | undefined) {
  if (node.textContent !== (words || "")) node.textContent = words || "";
}
