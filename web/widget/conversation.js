/** A chat that is going on: what was said, and the box to say more; and its end. */

import { endedView } from "./ended.js";
import { wrongText } from "./fields.js";
import { h, icon, say, written } from "./nodes.js";
import { W, clock, day, fill } from "./words.js";

const GROUP_MS = 300_000; // after so long a pause, name and time are shown again
const NEAR_END_PX = 60;

/** @param {import("./main.js").Widget} widget @param {import("./chat.js").Chat} chat @returns {import("./panel.js").View} */
export function conversationView(widget, chat) {
  const log = h("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": W.conversation });
  const aside = h("p", { class: "aside", role: "status" });
  const scroll = h("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": W.conversation }, log, aside);
  const strip = h("p", { class: "strip", role: "status" });
  const problem = h("p", { class: "error", role: "alert" });
  const kept = h("p", { class: "small" });
  const input = h("textarea", {
    rows: 1, "aria-label": W.write, placeholder: W.write, dir: "auto", enterkeyhint: "send", oninput: grow,
    onkeydown: (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      send();
    },
  });
  const composer = h("form", { class: "composer", onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); send(); } },
    problem, h("div", { class: "box" }, input, h("button", { class: "go", type: "submit", "aria-label": W.send }, icon("send"))), kept);
  const lines = new Lines(log, widget.site.name, takeBack);
  /** @type {ReturnType<typeof endedView>|null} */
  let ended = null;
  let atEnd = true;
  scroll.addEventListener("scroll", () => {
    atEnd = scroll.scrollTop + scroll.clientHeight > scroll.scrollHeight - NEAR_END_PX;
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

  /** A refused message, to be written in another way. @param {import("./chat.js").Row} row */
  function takeBack(row) {
    chat.rows.splice(chat.rows.indexOf(row), 1);
    input.value = [row.text, input.value].filter(Boolean).join("\n");
    grow();
    input.focus();
    widget.changed();
  }

  const draft = () => [chat.unsent(), input.value].filter(Boolean).join("\n\n");
  /** @type {import("./panel.js").View} */
  const view = {
    nodes: [scroll, strip, composer],
    focus: input,
    draft,
    refresh() {
      lines.show(chat.rows);
      say(strip, chat.failures > 1 ? W.offline : "");
      say(kept, chat.expiresAt && fill(W.kept, day(chat.expiresAt)));
      const answered = chat.rows.some((row) => row.by === "operator");
      const thanks = !answered && chat.rows.some((row) => row.cursor) ? (widget.site.online ? W.soon : W.later) : "";
      say(aside, ended ? "" : [thanks, chat.transcript !== "none" && W[chat.transcript]].filter(Boolean).join(" "));
      if (chat.status === "closed" && !ended) {
        const focused = composer.contains(widget.page.shadow.activeElement);
        ended = endedView(widget, chat, () => widget.restart("", draft()));
        composer.replaceWith(ended.node);
        widget.panel.menu.querySelector(".end")?.remove();
        view.focus = ended.node;
        say(aside, "");
        if (focused) ended.node.focus();
      }
      ended?.refresh();
      if (atEnd) scroll.scrollTop = scroll.scrollHeight;
    },
  };
  return view;
}

/** @typedef {{node: HTMLElement, moves: boolean, shown: string, text: string}} Line  what the node was drawn for: `shown`, `text` */

/** The lines of the log. A line keeps its node, so that nothing is read out twice and no selection is lost. */
class Lines {
  /** @param {HTMLElement} log @param {string} site named where an operator has no name @param {(row: any) => void} takeBack */
  constructor(log, site, takeBack) {
    this.log = log;
    this.site = site;
    this.takeBack = takeBack;
    /** @type {WeakMap<import("./chat.js").Row, Line>} */
    this.lines = new WeakMap();
  }

  /** @param {import("./chat.js").Row[]} rows */
  show(rows) {
    const moves = this.log.childElementCount > 0; // what was there when the window opened does not move in
    rows.forEach((row, index) => {
      const first = begins(rows[index - 1], row);
      const line = this.lines.get(row)
        ?? { node: h("div", {}, h("p"), written(row.text), h("p", { class: "state" })), moves, shown: "", text: row.text };
      this.lines.set(row, line);
      if (line.text !== row.text) line.node.children[1].replaceWith(written(row.text)); // card numbers are masked (N22)
      line.text = row.text;
      const shown = [row.state, first, row.at].join();
      if (line.shown !== shown) this.draw(line, row, first);
      line.shown = shown;
      if (this.log.children[index] !== line.node) this.log.insertBefore(line.node, this.log.children[index] ?? null);
    });
    while (this.log.childElementCount > rows.length) this.log.lastElementChild?.remove();
  }

  /** @param {Line} line @param {import("./chat.js").Row} row @param {boolean} first */
  draw({ node, moves }, row, first) {
    const who = row.by === "visitor" ? W.you : row.name || this.site;
    node.className = ["row", row.state, row.by === "visitor" && "mine", first && "first", moves && "new"].filter(Boolean).join(" ");
    const [meta, , state, face] = node.children;
    meta.className = first ? "meta" : "meta hear";
    meta.replaceChildren(h("bdi", {}, who), row.at ? ` · ${clock(row.at)}` : "");
    state.replaceChildren(...this.state(row));
    face?.remove();
    if (first && row.by === "operator") node.append(h("span", { class: "face", "aria-hidden": "true" }, [...who][0]));
  }

  /** @param {import("./chat.js").Row} row @returns {(Node|string)[]} */
  state(row) {
    if (row.state === "sent") return [];
    if (row.state !== "refused") return [W[row.state] ?? ""];
    const button = h("button", { type: "button", onclick: () => this.takeBack(row) }, W.edit);
    return [`${W.refused} ${row.problem?.sentence ?? ""}`, button];
  }
}

/** Whether a line begins a group: another person, or a pause. @param {import("./chat.js").Row|undefined} before @param {import("./chat.js").Row} row */
function begins(before, row) {
  if (!before || before.by !== row.by || before.name !== row.name) return true;
  return !!row.at && !!before.at && Date.parse(row.at) - Date.parse(before.at) > GROUP_MS;
}
