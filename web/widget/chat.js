/** One chat: what was said, in the server's order; what is still to be said; the asking and the trying again. */

import { Problem, backOff, pause, uniqueId } from "./api.js";

const HIDDEN_POLL_MS = 15_000;
const ENDED_POLL_MS = 30_000;
const SLOW_MS = 1_500; // until a message that is on its way says so
const POLLS_AFTER_END = 20; // a copy's bounce comes late

/**
 * @typedef {{cursor: number, by: "visitor"|"operator", text: string, at: string, name?: string, client_id?: string}}
 *   Message  as the API answers it; `cursor` is its place in the chat, from 1
 * @typedef {{by: "visitor"|"operator", text: string, cursor?: number, at?: string, name?: string, client_id?: string,
 *   state: "sending"|"slow"|"late"|"refused"|"sent", problem?: Problem}} Row  a line of the conversation
 * @typedef {{chat_id: string, token: string, cursor: number, shown?: boolean}} Session  what the tab keeps; `cursor` is
 *   how far was read, `shown` whether the window is open
 */

export class Chat {
  /**
   * @param {import("./api.js").Api} api @param {Session} held @param {number} interval ms
   * @param {{changed: () => void, lost: () => void}} told `lost`: nobody can reach this chat any more
   */
  constructor(api, held, interval, told) {
    this.api = api;
    this.id = held.chat_id;
    this.token = held.token;
    this.read = held.cursor;
    this.interval = interval;
    this.told = told;
    /** @type {Row[]} in order of their places; those without one yet last */
    this.rows = [];
    this.cursor = 0;
    this.failures = 0;
    this.status = "open";
    this.transcript = "none";
    this.expiresAt = "";
    this.left = false;
    this.pollsAfterEnd = 0;
  }

  /** @param {string} method @param {string} path @param {object} [body] @param {boolean} [last] may outlive the page */
  call(method, path, body, last) {
    return this.api.call(method, `/v1/chats/${this.id}${path}`, { body, last, token: this.token });
  }

  /** From now on nothing that still comes in counts. */
  leave() {
    this.left = true;
    clearTimeout(this.timer);
  }

  /** Asks for what is behind the cursor; again after the interval, or at once where asked to meanwhile. */
  async poll() {
    clearTimeout(this.timer);
    if (this.polling) this.again = true;
    if (this.polling || this.left) return;
    this.polling = true;
    this.again = false;
    let wait;
    try {
      const answer = await this.call("GET", `/messages?after=${this.cursor}`);
      if (this.left) return;
      this.take(answer);
      wait = this.waitAfter(answer);
    } catch (problem) {
      if (this.left) return;
      wait = this.failed(problem);
    } finally {
      this.polling = false;
    }
    if (this.left) return;
    this.told.changed();
    if (this.again) wait = 0;
    if (wait !== null) this.timer = setTimeout(() => this.poll(), wait);
  }

  /** @param {any} answer of a poll */
  take(answer) {
    for (const message of answer.messages) this.place(message);
    this.failures = 0;
    this.cursor = Math.max(this.cursor, answer.cursor);
    this.status = answer.status;
    this.transcript = answer.transcript?.state ?? this.transcript;
    this.interval = answer.poll_interval_ms ?? this.interval;
    this.expiresAt = answer.expires_at ?? this.expiresAt;
  }

  /** How long until the next poll, in ms; null where nothing can change any more. @param {any} answer */
  waitAfter(answer) {
    if (answer.more) return 0;
    if (this.status === "closed") {
      if (this.transcript === "no_address" || this.pollsAfterEnd > POLLS_AFTER_END) return null;
      return Math.min(ENDED_POLL_MS, this.interval * 1.3 ** this.pollsAfterEnd++);
    }
    return document.hidden ? Math.max(this.interval, HIDDEN_POLL_MS) : this.interval;
  }

  /** What follows from a failed call: the wait before the next. Throws what is not a Problem. @param {unknown} problem */
  failed(problem, failures = this.failures++) {
    if (!(problem instanceof Problem)) throw problem;
    if (problem.gone) {
      this.leave();
      this.told.lost();
    }
    if (problem.field === "after") this.cursor = 0; // every message knows its place, so none is doubled
    return backOff(failures, problem.retryAfter);
  }

  /** Puts a message where the server has it; what was shown while it was sent becomes it. @param {Message} message */
  place(message) {
    if (this.rows.some((row) => row.cursor === message.cursor)) return;
    const mine = message.by === "visitor" && message.client_id
      && this.rows.find((row) => !row.cursor && row.client_id === message.client_id);
    if (mine) Object.assign(mine, message, { state: "sent" });
    else this.rows.push({ ...message, state: "sent" });
    this.rows.sort((one, other) => (one.cursor ?? Infinity) - (other.cursor ?? Infinity) || 0);
  }

  /** Shows a message that went with the chat's opening, until its place is known. @param {string} text @param {string} id */
  opened(text, id) {
    this.rows.push({ by: "visitor", text, client_id: id, state: "sending" });
    this.flushing = true;
    this.poll().finally(() => {
      this.flushing = false;
      this.flush();
    });
  }

  /** @param {string} text */
  say(text) {
    this.rows.push({ by: "visitor", text, client_id: uniqueId(), state: "sending" });
    this.told.changed();
    this.flush();
  }

  /** Sends what waits, one after the other, each under its own id until it is through: so it arrives once, in order. */
  async flush() {
    if (this.flushing) return;
    this.flushing = true;
    let failures = 0;
    for (let row; !this.left && (row = this.waiting()[0]);) {
      const slow = setTimeout(() => this.slow(row), SLOW_MS);
      try {
        const { message } = await this.call("POST", "/messages", { text: row.text, client_id: row.client_id }, true);
        this.place(message);
        failures = 0;
      } catch (problem) {
        if (this.left) return;
        if (!(problem instanceof Problem)) throw problem;
        clearTimeout(slow);
        const wait = this.failed(problem, failures++);
        if (problem.passing) {
          row.state = row.cursor ? "sent" : "late"; // a poll may have found it meanwhile
          this.told.changed();
          await pause(wait);
        } else {
          Object.assign(row, { state: "refused", problem });
          if (problem.kind === "chat_closed") this.poll();
        }
      }
      clearTimeout(slow);
      if (!this.left) this.told.changed();
    }
    this.flushing = false;
  }

  /** @param {Row} row that is still on its way */
  slow(row) {
    if (this.left || row.state !== "sending") return;
    row.state = "slow";
    this.told.changed();
  }

  /** What is not sent yet. */
  waiting() {
    return this.rows.filter((row) => ["sending", "slow", "late"].includes(row.state));
  }

  /** What would be lost with this chat, for the visitor to keep. */
  unsent() {
    return this.rows.filter((row) => row.state !== "sent").map((row) => row.text).join("\n\n");
  }

  /** What the operator said behind the place that was read. */
  unread() {
    return this.rows.filter((row) => row.by === "operator" && (row.cursor ?? 0) > this.read);
  }
}
