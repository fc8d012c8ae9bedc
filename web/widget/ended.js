/** What stands below a chat that has ended: where the copy is, how it was, and what can still be done. */

import { refuse } from "./fields.js";
import { h, icon, say } from "./nodes.js";
import { W, fill } from "./words.js";

/** @param {import("./main.js").Widget} widget @param {import("./chat.js").Chat} chat @param {() => void} again */
export function endedView(widget, chat, again) {
  const copy = h("p", { class: "hint", role: "status" });
  const node = h("section", { class: "ended", tabindex: "-1", "aria-label": W.ended },
    h("p", { class: "strong" }, W.ended), copy, rating(chat),
    h("div", { class: "actions" },
      h("button", { class: "button", type: "button", onclick: again }, W.fresh),
      h("button", { class: "button quiet", type: "button", onclick: () => widget.acts.copy() }, W.copy),
      h("button", { class: "button quiet danger", type: "button", onclick: () => widget.acts.remove() }, W.remove)));
  return { node, refresh: () => say(copy, W[chat.transcript] ?? "") };
}

/** One to five, and a word if they like. @param {import("./chat.js").Chat} chat */
function rating(chat) {
  const problem = h("p", { class: "error", role: "alert" });
  const comment = h("textarea", { rows: 2, dir: "auto", "aria-label": W.comment, placeholder: W.comment });
  const more = h("div", { hidden: true }, comment, problem, h("button", { class: "button quiet", type: "submit" }, W.rateSend));
  const stars = [1, 2, 3, 4, 5].map((score) => h("label", {},
    h("input", { type: "radio", name: "score", value: score }), icon("star"), h("span", { class: "hear" }, fill(W.score, score))));
  const form = h("form", {
    class: "rating",
    onchange: () => {
      more.hidden = false;
      more.scrollIntoView({ block: "nearest" });
    },
    onsubmit: async (/** @type {Event} */ event) => {
      event.preventDefault();
      say(problem, "");
      const score = Number(new FormData(form).get("score"));
      try {
        await chat.call("POST", "/rating", { score, ...(comment.value.trim() && { comment: comment.value }) });
        form.replaceChildren(h("p", { class: "hint", role: "status" }, W.rated));
      } catch (failed) {
        refuse([], problem, failed);
      }
    },
  }, h("fieldset", {}, h("legend", {}, W.rate), h("div", { class: "stars" }, ...stars)), more);
  return form;
}
