/** After a deletion: what was removed, and what is kept, why and until when (N18, N19). */

import type { Widget } from "./main";
import { DONE, button, h, icon } from "./nodes";
import type { View } from "./panel";
import type { Receipt } from "./types";
import { W, count, day, fill } from "./words";

export function receiptView(widget: Widget, { removed, retained, reference }: Receipt): View {
  const title = h("h3", { tabindex: "-1" }, W.deleted);
  const gone = removed.map((one) => h("li", {}, h("bdi", {}, W.what?.[one.what] ?? one.what), h("span", {}, count(one.count))));
  const kept = retained.map((one) => {
    const [what, why] = W.why?.[one.why] ?? [one.what, one.why];
    return h("li", {}, h("span", { dir: "auto" }, h("span", {}, what),
      h("span.why", {}, why, one.until && ` · ${fill(W.until, day(one.until))}`)));
  });
  const list = (heading: string, items: HTMLElement[]) => (items.length ? [h("h4", {}, heading), h("ul", {}, ...items)] : []);
  const node = h("div.scroll.receipt", { role: "group", tabindex: "0", "aria-label": W.deleted },
    h("span.tick", {}, icon(DONE)), title, ...list(W.removed, gone), ...list(W.retained, kept),
    reference && h("p.hint", {}, fill(W.reference, reference)),
    h("div.actions", {},
      button(".button", W.fresh, () => widget.restart()),
      button(".button.quiet", W.hide, () => {
        widget.panel.hide();
        widget.restart();
      })));
  return { nodes: [node], focus: title, refresh() {}, draft: () => "" };
}
