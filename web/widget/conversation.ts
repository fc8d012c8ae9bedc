/** A chat that is going on: what was said, and the box to say more; and its end. */

import type { Chat } from "./chat";
import { endedView } from "./ended";
import { wrongText } from "./fields";
import { lines } from "./lines";
import type { Widget } from "./main";
import { SEND, button, composing, form, h, icon, say } from "./nodes";
import type { View } from "./panel";
import type { Row } from "./rows";
import { W, back, day, fill } from "./words";

const NEAR_END_PX = 60;

/** @param draft what is being written */
export function conversationView(widget: Widget, chat: Chat, draft = ""): View {
  const { site } = widget;
  const log = h("div.log", { role: "log", "aria-live": "polite", "aria-label": W.conversation });
  const typing = h("p.typing", { role: "status" });
  const aside = h("p.aside", { role: "status" });
  const scroll = h("div.scroll", { tabindex: "0", role: "group", "aria-label": W.conversation }, log, typing, aside);
  const strip = h("p.strip", { role: "status" });
  const problem = h("p.error", { role: "alert" });
  const kept = h("p.small");
  const input = h<HTMLTextAreaElement>("textarea", {
    rows: 1, "aria-label": W.write, placeholder: W.write, dir: "auto", enterkeyhint: "send",
    oninput: () => {
      grow();
      chat.typing.visitor(!!input.value.trim());
      widget.remember();
    },
    onkeydown: (event: KeyboardEvent) => {
      if (event.key !== "Enter" || event.shiftKey || composing(event)) return;
      event.preventDefault();
      send();
    },
  });
  input.value = draft;
  const composer = form(".composer", send,
    problem, h("div.box", {}, input, button(".go", icon(SEND), undefined, { "aria-label": W.send })), kept);
  const show = lines(log, site.name, takeBack);
  let ended: ReturnType<typeof endedView> | undefined;
  let atEnd = true;
  let height = 0;
  scroll.addEventListener("scroll", () => {
    // Not where the window only became smaller or came back: that is nobody's scrolling.
    if (scroll.clientHeight === height) atEnd = scroll.scrollTop + height > scroll.scrollHeight - NEAR_END_PX;
  });

  function grow() {
    input.style.height = "auto";
    input.style.height = `${input.scrollHeight}px`;
  }

  function send() {
    const text = input.value;
    const wrong = text.trim() && wrongText(text);
    say(problem, wrong);
    input.focus();
    if (!text.trim() || wrong) return;
    input.value = "";
    atEnd = true;
    grow();
    chat.say(text);
  }

  /** A refused message, to be written in another way. */
  function takeBack(row: Row) {
    chat.rows.remove(row);
    input.value = [row.text, input.value].filter(Boolean).join("\n");
    grow();
    input.focus();
    widget.changed();
  }

  const view: View = {
    nodes: [scroll, strip, composer],
    focus: input,
    draft: (only) => [!only && chat.rows.unsent(), input.value].filter(Boolean).join("\n\n"),
    refresh() {
      const rows = chat.rows.all;
      const { who } = chat.typing;
      show(rows, chat.seen);
      say(typing, who !== undefined && fill(W.typing, who || site.name));
      say(strip, !chat.socket.live && chat.failures > 1 && W.offline);
      say(kept, chat.expiresAt && fill(W.kept, day(chat.expiresAt)));
      const waits = rows.some((row) => row.cursor) && !rows.some((row) => row.by === "operator");
      const { online, opens_at } = widget.site;
      const thanks = waits && [online ? W.soon : W.later, !online && opens_at && `${back(opens_at)}.`];
      say(aside, !ended && [...(thanks || []), chat.transcript !== "none" && W[chat.transcript]].filter(Boolean).join(" "));
      if (chat.status === "closed" && !ended) end();
      ended?.refresh();
      if (atEnd) scroll.scrollTop = scroll.scrollHeight;
      height = scroll.clientHeight;
    },
  };

  function end() {
    const focused = composer.contains(widget.page.shadow.activeElement);
    ended = endedView(widget, chat, () => widget.restart("", view.draft()));
    composer.replaceWith(ended.node);
    widget.panel.menu.querySelector(".end")?.remove();
    view.focus = ended.node;
    say(aside, "");
    if (focused) ended.node.focus();
  }
  return view;
}
