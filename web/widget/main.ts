/** Puts the parts together: the page's site, one chat at a time, the window, what the tab keeps, the other tabs. */

import { Acts } from "./acts";
import { type Call, Problem, calls } from "./api";
import { Chat } from "./chat";
import { conversationView } from "./conversation";
import { formView } from "./form";
import { draw } from "./nodes";
import { Panel } from "./panel";
import { session } from "./session";
import type { Held, Page, Site, Word } from "./types";
import { W, type Words, speak } from "./words";

export type { Widget };

const FRESH_MS = 15_000; // how long it is believed who is there, and when somebody is back
const FRESH_TOLD_MS = 60_000; // in a chat, which is told most of it
const HIDDEN_MS = 300_000; // a tab that is not looked at for so long lets its connection go

/** Begins. @param pressed whether the visitor asked for the window @param held a chat of another tab */
export function run(page: Page, pressed: boolean, held?: Held) {
  speak(page.words as Words, page.language, page.locale);
  draw(page.icon);
  new Widget(page).begin(pressed, held);
}

class Widget {
  site: Site;
  chat: Chat | null = null;
  readonly api: Call;
  readonly acts = new Acts(this);
  readonly panel: Panel;
  readonly session;
  #siteAt: number;
  #stale: number | undefined;
  #hidden: number | undefined;

  constructor(readonly page: Page) {
    this.site = page.site;
    this.#siteAt = page.siteAt;
    this.api = calls(page.origin, page.language);
    this.session = session(page.key);
    this.panel = new Panel(page, { shown: () => this.shown(), gone: () => this.chat?.told.lost() });
    page.hear = (word) => this.#hear(word);
    document.addEventListener("visibilitychange", () => this.#look());
    this.#look();
    addEventListener("online", () => this.chat?.socket.hurry());
    addEventListener("pagehide", () => this.chat?.socket.want(false)); // an open connection would bar the page's way back
    addEventListener("pageshow", ({ persisted }) => {
      if (!persisted) return;
      if (this.session.read()?.chat_id !== this.chat?.id) this.begin(false); // the chat went on elsewhere
      else this.#look();
    });
  }

  begin(pressed: boolean, other?: Held) {
    const held = this.session.read() ?? other;
    if (held) this.#goOn(held);
    else this.restart();
    if (pressed) setTimeout(() => this.panel.show()); // building it and laying it out are two tasks: the page may act between
    else if (held?.shown && !this.panel.fullScreen.matches) this.panel.show(false);
  }

  /** @param draft what is being written */
  #goOn(held: Held, draft = held.draft) {
    const chat = this.#hold(held);
    this.converse(chat, draft);
    chat.poll();
  }

  /** Takes up a chat. */
  #hold(held: Held) {
    this.chat?.leave();
    const chat: Chat = new Chat(this.api, held, this.page.origin, this.site.poll_interval_ms, {
      changed: () => chat === this.chat && this.changed(),
      lost: () => chat === this.chat && this.restart(W.gone, this.panel.view?.draft()),
      online: (online) => {
        this.site.online = online;
      },
      stir: () => this.page.tell({ stir: chat.id }),
    });
    this.chat = chat;
    chat.socket.want(true);
    return chat;
  }

  #hear(word: Word) {
    const { chat } = this;
    const open = chat?.status === "open" && !chat.left;
    if ("ask" in word && open) this.page.tell({ held: this.#held(chat) });
    if ("held" in word && !open) this.#goOn({ ...word.held, shown: false }, this.panel.view?.draft());
    if ("stir" in word && word.stir === chat?.id) chat.poll();
    if ("read" in word && word.chat === chat?.id) {
      chat.read = Math.max(chat.read, word.read);
      this.changed();
    }
  }

  /** Whether the tab is looked at. */
  #look() {
    const { chat } = this;
    clearTimeout(this.#hidden);
    if (document.hidden) {
      this.#hidden = setTimeout(() => {
        this.chat?.socket.want(false);
        this.chat?.poll();
      }, HIDDEN_MS);
    } else if (chat) {
      chat.socket.want(chat.status === "open" && !chat.left);
      chat.socket.hurry();
      this.changed();
      chat.poll();
    }
    this.#freshen();
  }

  converse(chat: Chat, draft?: string) {
    const { acts } = this;
    this.panel.turn(conversationView(this, chat, draft), [
      [W.details, () => acts.details()],
      [W.copy, () => acts.copy()],
      [W.download, () => acts.download()],
      [W.key, () => acts.key()],
      [W.end, () => acts.end(), "end"],
      [W.remove, () => acts.remove(), "danger"],
    ]);
  }

  /** The visitor's first act: from here on the tab keeps which chat it is. */
  opened(answer: { chat_id: string; token: string; expires_at: string }, text: string, id: string) {
    const chat = this.#hold({ chat_id: answer.chat_id, token: answer.token, cursor: 0 });
    chat.expiresAt = answer.expires_at;
    chat.opened(text, id);
    this.converse(chat);
    this.remember();
    this.page.tell({ held: this.#held(chat) });
  }

  /** Nothing of a chat stays in the tab. */
  forget() {
    this.chat?.leave();
    this.chat = null;
    this.panel.announced = 0;
    this.session.write(null);
    this.label();
  }

  /** Back to a clean start. @param said why @param draft what was written and not sent */
  restart(said?: string, draft?: string) {
    this.forget();
    this.panel.turn(formView(this, said, draft));
    this.#freshen();
  }

  /** Something about the chat is new. */
  changed() {
    const { chat, panel } = this;
    if (!chat) return;
    if (panel.open && !document.hidden && chat.unread().length) {
      chat.read = chat.cursor;
      chat.sendRead();
      this.page.tell({ read: chat.read, chat: chat.id });
    }
    this.remember();
    this.label();
    panel.view?.refresh();
  }

  label() {
    this.panel.label(this.site, this.chat?.unread() ?? []);
  }

  #held(chat: Chat): Held {
    return { chat_id: chat.id, token: chat.held.token, cursor: chat.read };
  }

  /** Once a chat has ended, the tab keeps nothing: a shared computer is clean. */
  remember() {
    const { chat, panel } = this;
    if (!chat || chat.left) return;
    const going = chat.status === "open";
    this.session.write(going ? { ...this.#held(chat), shown: panel.open, draft: panel.view?.draft(true) ?? "" } : null);
  }

  /** The window was opened or closed. */
  shown() {
    this.changed();
    this.#freshen();
  }

  /** While the window is looked at, the site is asked for again once it is old: that somebody's presence lapses or the
   * opening hours end is nobody's act, and pushed by nobody. */
  #freshen() {
    clearTimeout(this.#stale);
    if (!this.panel.open || document.hidden) return;
    this.#stale = setTimeout(() => this.#refreshSite(), this.#siteAt + (this.chat ? FRESH_TOLD_MS : FRESH_MS) - Date.now());
  }

  async #refreshSite() {
    this.#siteAt = Date.now();
    this.#freshen();
    try {
      this.site = await this.api<Site>("GET", `/v1/sites/${encodeURIComponent(this.site.site_id)}`);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem; // what is known will do
    }
    this.label();
    this.panel.view?.refresh();
  }
}
