/** Building nodes. Nothing is ever parsed from text: what people write can only become text. */

import { W } from "./words.js";

/**
 * An element. Properties that begin with "on" are listeners; true sets a bare attribute, false and null set none.
 * @param {string} tag @param {Record<string, any>} [properties] @param {...(Node|string|null|undefined|false)} children
 * @returns {any}
 */
export function h(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value != null && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(.../** @type {(Node|string)[]} */ (children.filter(Boolean)));
  return node;
}

const ICONS = {
  chat: "M4 5.5A1.5 1.5 0 0 1 5.5 4h13A1.5 1.5 0 0 1 20 5.5v9a1.5 1.5 0 0 1-1.5 1.5H11l-4.5 4v-4h-1A1.5 1.5 0 0 1 4 14.5z",
  down: "M6 9.5l6 6 6-6",
  more: "M12 6h.01M12 12h.01M12 18h.01",
  send: "M12 19.5v-15M5.5 11 12 4.5l6.5 6.5",
  lock: "M6.5 10.5h11v9h-11zM8.5 10.5V8a3.5 3.5 0 0 1 7 0v2.5",
  done: "M5 12.5l4.5 4.5L19 7.5",
  star: "M12 3.8l2.5 5.2 5.7.8-4.1 4 1 5.7-5.1-2.7-5.1 2.7 1-5.7-4.1-4 5.7-.8z",
};

/** @param {keyof typeof ICONS} name @returns {any} */
export function icon(name) {
  const [svg, path] = ["svg", "path"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", `icon ${name}`);
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/**
 * A link to another tab that tells the other side nothing. What is not http(s) stays text.
 * @param {unknown} url @param {string} [text] what the link says, where that is not its address
 * @returns {Node}
 */
export function link(url, text) {
  try {
    const to = new URL(String(url));
    if (/^https?:$/.test(to.protocol)) {
      const label = text ? `${text} (${W.newTab})` : null;
      return h("a", { href: to.href, target: "_blank", rel: "noopener noreferrer nofollow", "aria-label": label }, text ?? String(url));
    }
  } catch { /* not an address */ }
  return document.createTextNode(text ?? String(url));
}

// Ends at what cannot be in an address, and at marks that turn the direction of writing, which could disguise one.
const ADDRESS = /https?:\/\/[^\s<>"'\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gi;

/** An address without what ends the sentence around it: a full stop, or a bracket that opened before it. @param {string} address */
function withoutSentenceEnd(address) {
  const count = (/** @type {string} */ sign) => address.split(sign).length;
  while (/[.,;:!?…،؛؟*_]$/.test(address) || (address.endsWith(")") && count(")") > count("("))) address = address.slice(0, -1);
  return address;
}

/** What somebody wrote: text as it is, with its web addresses as links. @param {string} text @returns {HTMLElement} */
export function written(text) {
  const paragraph = h("p", { class: "text", dir: "auto" });
  let done = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = withoutSentenceEnd(match[0]);
    paragraph.append(text.slice(done, match.index), link(address));
    done = match.index + address.length;
  }
  paragraph.append(text.slice(done));
  return paragraph;
}

/** Says something in a live region, but not the same again. @param {HTMLElement} node @param {string} words */
export function say(node, words) {
  if (node.textContent !== words) node.textContent = words;
}
