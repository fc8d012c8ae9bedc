/** What a visitor can do with their chat: correct who they are (N14), have a copy (N6, N7), end it, delete it (N18). */

import { Problem } from "./api";
import type { Chat } from "./chat";
import { save } from "./download";
import { type Known, contact, field } from "./fields";
import type { Widget } from "./main";
import { receiptView } from "./receipt";
import type { Receipt, Transcript } from "./types";
import { W } from "./words";

export class Acts {
  constructor(readonly widget: Widget) {}

  get #chat(): Chat {
    return this.widget.chat!;
  }

  /** What is known comes from the server: nothing about the visitor is kept in the browser. */
  async details() {
    const chat = this.#chat;
    let known: Known = {};
    let said = "";
    try {
      known = (await chat.call<{ visitor: Known }>("PATCH", "/visitor", {})).visitor;
    } catch (problem) {
      said = this.#excuse(problem);
    }
    if (chat !== this.#chat) return;
    this.widget.panel.ask(W.details, W.detailsWhy, W.save, async (values) => {
      const changes = Object.entries(values).filter(([name, value]) => value !== (known[name] ?? null));
      if (changes.length) await chat.call("PATCH", "/visitor", Object.fromEntries(changes));
    }, { said, fields: contact(known) });
  }

  /** To the chat's own address; where there is none, it is asked for. */
  async copy() {
    const chat = this.#chat;
    const { panel } = this.widget;
    const request = async () => {
      chat.transcript = (await chat.call<{ transcript: Transcript }>("POST", "/transcript")).transcript;
      chat.pollsAfterEnd = 0;
      this.widget.changed();
      chat.told.stir();
      chat.poll();
    };
    try {
      await request();
    } catch (problem) {
      const said = this.#excuse(problem);
      if (chat !== this.#chat) return;
      if ((problem as Problem).kind === "no_operator_yet") panel.ask(W.copy, W.no_operator, W.download, async () => this.download());
      else if ((problem as Problem).kind !== "no_address") panel.ask(W.copy, "", W.again, request, { said });
      else panel.ask(W.copy, W.copyWhy, W.copy, async ({ email }) => {
        if (!email) throw new Problem(400, { field: "email" }, 0, W.noEmail);
        await chat.call("PATCH", "/visitor", { email });
        await request();
      }, { fields: [contact()[1]] });
    }
  }

  /** To a file of this device, from what is shown. */
  download() {
    save(this.#chat, this.widget.site.name);
  }

  /** What proves in a request that the chat is one's own: shown and copied, and kept nowhere but in the tab (N7). */
  key() {
    const { token } = this.#chat.held;
    const shown = field("key", "text", token, { readonly: true });
    this.widget.panel.ask(W.key, W.keyWhy, W.keyCopy, async () => {
      shown.input.select();
      try {
        await navigator.clipboard.writeText(token);
      } catch {
        throw new Problem(400, {}, 0, W.keyByHand);
      }
    }, { fields: [shown] });
  }

  end() {
    this.widget.panel.ask(W.endAsk, this.#chat.answered ? W.endWhy : `${W.endUnanswered} ${W.no_operator}`, W.end, async () => {
      await this.#chat.end();
      this.widget.changed();
    });
  }

  remove() {
    const { widget } = this;
    widget.panel.ask(W.removeAsk, W.removeWhy, W.removeYes, async () => {
      const chat = this.#chat;
      const receipt = await chat.call<Receipt>("DELETE", "");
      chat.told.stir();
      widget.forget();
      widget.panel.turn(receiptView(widget, receipt));
    }, { danger: true });
  }

  /** The sentence of a Problem; the chat is given up where it is gone. */
  #excuse(problem: unknown) {
    if (!(problem instanceof Problem)) throw problem;
    if (problem.gone) this.#chat.told.lost();
    return problem.sentence;
  }
}
