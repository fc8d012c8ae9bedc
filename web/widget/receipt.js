/** After a deletion: what was removed, and what is kept, why and until when (N18, N19). */

import { h, icon } from "./nodes.js";
import { W, count, day, fill } from "./words.js";

/**
 * @typedef {{removed: {what: string, count: number}[], retained: {what: string, why: string, until: string|null}[],
 *   reference?: string}} Receipt
 */

/** @param {import("./main.js").Widget} widget @param {Receipt} receipt @returns {import("./panel.js").View} */
export function receiptView(widget, { removed, retained, reference }) {
  const title = h("h3", { tabindex: "-1" }, W.deleted);
  const gone = removed.map((one) => h("li", {}, h("bdi", {}, W.what?.[one.what] ?? one.what), h("span", {}, count(one.count))));
  const kept = retained.map((one) => {
    const [what, why] = W.why?.[one.why] ?? [one.what, one.why];
    const until = one.until && ` · ${fill(W.until, day(one.until))}`;
    return h("li", {}, h("span", { dir: "auto" }, h("span", {}, what), h("span", { class: "why" }, why, until)));
  });
  const node = h("div", { class: "scroll receipt", role: "group", tabindex: "0", "aria-label": W.deleted },
    h("span", { class: "tick" }, icon("done")), title,
    h("h4", {}, W.removed), h("ul", {}, ...gone),
    kept.length > 0 && h("h4", {}, W.retained), kept.length > 0 && h("ul", {}, ...kept),
    reference && h("p", { class: "hint" }, fill(W.reference, reference)),
    h("div", { class: "actions" },
      h("button", { class: "button", type: "button", onclick: () => widget.restart() }, W.fresh),
      h("button", { class: "button quiet", type: "button", onclick: () => {
        widget.panel.hide();
        widget.restart();
      } }, W.hide)));
  return { nodes: [node], focus: title, refresh() {}, draft: () => "" };
}
