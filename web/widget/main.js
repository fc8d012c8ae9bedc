/** Puts the parts together: the page's site, one chat at a time, the window, the tab's entry in session storage. */

import { Acts } from "./acts.js";
import { Api, Problem } from "./api.js";
import { Chat } from "./chat.js";
import { conversationView } from "./conversation.js";
import { formView } from "./form.js";
import { Panel } from "./panel.js";
import { SessionEntry } from "./session.js";
import { W, speak } from "./words.js";

const FRESH_MS = 60_000; // how long the site's "online" is believed

/**
 * @typedef {{site_id: string, name: string, online: boolean, colour?: string|null, poll_interval_ms: number,
 *   notice: {text: string, url: string, updated: string, site_policy_url?: string|null}}} Site  as the API answers it
 * @typedef {{api: string, key: string, site: Site, locale: string, language: string, shadow: ShadowRoot,
 *   root: HTMLElement, launcher: HTMLButtonElement, launch: string}} Page  from ../widget.js
 */

/**
 * Makes everything ready; what is answered begins it, told whether the visitor asked for the window.
 * @param {Page} page @returns {Promise<(pressed: boolean) => void>}
 */
export async function open(page) {
  await speak(page.language, page.locale);
  return (pressed) => new Widget(page).begin(pressed);
}

export class Widget {
  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    this.site = page.site;
    this.siteAt = Date.now();
    this.api = new Api(page.api, page.language);
    this.session = new SessionEntry(page.key);
    this.acts = new Acts(this);
    this.panel = new Panel(page, { shown: () => this.shown(), gone: () => this.chat?.told.lost() });
    /** @type {Chat|null} */
    this.chat = null;

    document.addEventListener("visibilitychange", () => {
      if (document.hidden || !this.chat) return;
      this.changed();
      this.chat.poll();
    });
    addEventListener("pageshow", (event) => { // back from the browser's page cache: the chat may have gone on elsewhere
      if (event.persisted && this.session.read()?.chat_id !== this.chat?.id) this.begin(false);
    });
  }

  /** @param {boolean} pressed */
  begin(pressed) {
    const held = this.session.read();
    if (held) {
      const chat = this.hold(held);
      this.converse(chat);
      chat.poll();
    } else {
      this.restart();
    }
    if (pressed) this.panel.show();
    else if (held?.shown && !this.panel.fullScreen.matches) this.panel.show(false);
  }

  /** Takes up a chat. @param {import("./chat.js").Session} held */
  hold(held) {
    this.chat?.leave();
    const chat = new Chat(this.api, held, this.site.poll_interval_ms, {
      changed: () => chat === this.chat && this.changed(),
      lost: () => chat === this.chat && this.restart(W.gone, this.panel.view?.draft()),
    });
    this.chat = chat;
    return chat;
  }

  /** @param {Chat} chat */
  converse(chat) {
    this.panel.turn(conversationView(this, chat), [
      { words: W.details, act: () => this.acts.details() },
      { words: W.copy, act: () => this.acts.copy() },
      { words: W.end, act: () => this.acts.end(), kind: "end" },
      { words: W.remove, act: () => this.acts.remove(), kind: "danger" },
    ]);
  }

  /** The visitor's first act: from here on the tab keeps which chat it is. @param {any} answer @param {string} text @param {string} id */
  opened(answer, text, id) {
    const chat = this.hold({ chat_id: answer.chat_id, token: answer.token, cursor: 0 });
    chat.expiresAt = answer.expires_at;
    this.remember();
    chat.opened(text, id);
    this.converse(chat);
  }

  /** Nothing of a chat stays in the tab. */
  forget() {
    this.chat?.leave();
    this.chat = null;
    this.panel.announced = 0;
    this.session.clear();
    this.label();
  }

  /** Back to a clean start. @param {string} [said] why @param {string} [draft] what was written and not sent */
  restart(said, draft) {
    this.forget();
    this.panel.turn(formView(this, said, draft));
  }

  /** Something about the chat is new. */
  changed() {
    const { chat, panel } = this;
    if (!chat) return;
    if (panel.open && !document.hidden && chat.unread().length) chat.read = chat.cursor;
    if (chat.status === "closed") this.session.clear(); // a shared computer is clean once ended
    else this.remember();
    this.label();
    panel.view?.refresh();
  }

  label() {
    this.panel.label(this.site.online, this.chat?.unread() ?? [], this.site.name);
  }

  remember() {
    const { chat } = this;
    if (!chat || chat.left || chat.status === "closed") return;
    this.session.write({ chat_id: chat.id, token: chat.token, cursor: chat.read, shown: this.panel.open });
  }

  /** The window was opened or closed. */
  shown() {
    this.changed();
    if (!this.chat && this.panel.open && Date.now() - this.siteAt > FRESH_MS) this.refreshSite();
  }

  async refreshSite() {
    this.siteAt = Date.now();
    try {
      this.site = await this.api.call("GET", `/v1/sites/${encodeURIComponent(this.site.site_id)}`);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem; // what is known will do
    }
    this.label();
    this.panel.view?.refresh();
  }
}
