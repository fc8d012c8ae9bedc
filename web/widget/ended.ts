/** What stands below a chat that has ended: where the copy is, how it was, and what can still be done. */

import type { Chat } from "./chat";
import { refuse } from "./fields";
import type { Widget } from "./main";
import { STAR, button, form, h, icon, say } from "./nodes";
import { W, fill } from "./words";

export function endedView({ acts }: Widget, chat: Chat, again: () => void) {
  const copy = h("p.hint", { role: "status" });
  const node = h("section.ended", { tabindex: "-1", "aria-label": W.ended },
    h("p.strong", {}, W.ended), copy, rating(chat),
    h("div.actions", {},
      button(".button", W.fresh, again),
      button(".button.quiet", W.copy, () => acts.copy()),
      button(".button.quiet", W.download, () => acts.download()),
      button(".button.quiet.danger", W.remove, () => acts.remove())));
  return { node, refresh: () => say(copy, chat.transcript !== "none" && W[chat.transcript]) };
}

/** One to five, and a word if they like. */
function rating(chat: Chat) {
  const problem = h("p.error", { role: "alert" });
  const comment = h<HTMLTextAreaElement>("textarea", { rows: 2, dir: "auto", "aria-label": W.comment, placeholder: W.comment });
  const more = h("div", { hidden: true }, comment, problem, button(".button", W.rateSend));
  const stars = [1, 2, 3, 4, 5].map((score) => h("label", {},
    h("input", { type: "radio", name: "score", value: score }), icon(STAR), h("span.hear", {}, fill(W.score, score))));

  async function submit() {
    say(problem, "");
    const score = Number(new FormData(node).get("score"));
    try {
      await chat.call("POST", "/rating", { score, ...(comment.value.trim() && { comment: comment.value }) });
      node.replaceChildren(h("p.hint", { role: "status" }, W.rated));
    } catch (failed) {
      refuse([], problem, failed);
    }
  }
  const node = form(".rating", submit, h("fieldset", {}, h("legend", {}, W.rate), h("div.stars", {}, ...stars)), more);
  node.addEventListener("change", () => {
    more.hidden = false;
    more.scrollIntoView({ block: "nearest" });
  });
  return node;
}
