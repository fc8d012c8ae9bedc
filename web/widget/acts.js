/** What a visitor can do with their chat: correct who they are (N14), have a copy (N6, N7), end it, delete it (N18). */

import { Problem } from "./api.js";
import { contact } from "./fields.js";
import { receiptView } from "./receipt.js";
import { W } from "./words.js";

export class Acts {
  /** @param {import("./main.js").Widget} widget */
  constructor(widget) {
    this.widget = widget;
  }

  get chat() {
    return /** @type {import("./chat.js").Chat} */ (this.widget.chat);
  }

  /** What is known comes from the server: nothing about the visitor is kept in the browser. */
  async details() {
    const { chat, widget } = this;
    /** @type {Record<string, string|null>} */
    let known = {};
    let said = "";
    try {
      known = (await chat.call("PATCH", "/visitor", {})).visitor;
    } catch (problem) {
      said = this.excuse(problem);
    }
    if (chat !== this.chat) return;
    widget.panel.ask({
      title: W.details, why: W.detailsWhy, yes: W.save, said, fields: contact(known),
      act: async (values) => {
        const changes = Object.entries(values).filter(([name, value]) => value !== (known[name] ?? null));
        if (changes.length) await chat.call("PATCH", "/visitor", Object.fromEntries(changes));
      },
    });
  }

  /** To the chat's own address; where there is none, it is asked for. */
  async copy() {
    const { chat, widget } = this;
    const request = async () => {
      chat.transcript = (await chat.call("POST", "/transcript")).transcript;
      chat.pollsAfterEnd = 0;
      widget.changed();
      chat.poll();
    };
    try {
      await request();
    } catch (problem) {
      const said = this.excuse(problem);
      if (chat !== this.chat) return;
      if (problem instanceof Problem && problem.kind === "no_address") this.copyTo(request);
      else widget.panel.ask({ title: W.copy, why: "", yes: W.again, said, act: request });
    }
  }

  /** @param {() => Promise<void>} request */
  copyTo(request) {
    const { chat, widget } = this;
    widget.panel.ask({
      title: W.copy, why: W.copyWhy, yes: W.copy, fields: [contact()[1]],
      act: async ({ email }) => {
        if (!email) throw new Problem(400, { field: "email", detail: W.noEmail }); // said in their language
        await chat.call("PATCH", "/visitor", { email });
        await request();
      },
    });
  }

  end() {
    const { chat, widget } = this;
    widget.panel.ask({
      title: W.endAsk, why: W.endWhy, yes: W.end,
      act: async () => {
        const { status, transcript } = await chat.call("POST", "/close");
        Object.assign(chat, { status, transcript });
        widget.changed();
        chat.poll(); // what was said in between
      },
    });
  }

  remove() {
    const { chat, widget } = this;
    widget.panel.ask({
      title: W.removeAsk, why: W.removeWhy, yes: W.removeYes, danger: true,
      act: async () => {
        const receipt = await chat.call("DELETE", "");
        widget.forget();
        widget.panel.turn(receiptView(widget, receipt));
      },
    });
  }

  /** The sentence of a Problem; the chat is given up where it is gone. @param {unknown} problem */
  excuse(problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (problem.gone) this.chat.told.lost();
    return problem.sentence;
  }
}
