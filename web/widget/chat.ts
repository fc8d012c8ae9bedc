/** One chat: what was said and how it stands; live, or by asking again and again. */

import { type Call, Problem, backOff } from "./api";
import { Outbox } from "./outbox";
import { Rows } from "./rows";
import { type Frame, type Socket, socket } from "./socket";
import type { Held, Message, Reading, Transcript } from "./types";
import { Typing } from "./typing";

const HIDDEN_POLL_MS = 15_000;
const LIVE_POLL_MS = 300_000; // a push may be lost on its way; of messages, a pong tells
const ENDED_POLL_MS = 30_000;
const POLLS_AFTER_END = 20; // a copy's bounce comes late

export interface Told {
  changed(): void;
  /** Nobody can reach this chat any more. */
  lost(): void;
  online(online: boolean): void;
  /** Other tabs would not hear of it by themselves. */
  stir(): void;
}

export class Chat {
  readonly rows = new Rows();
  readonly outbox = new Outbox(this);
  readonly typing: Typing;
  readonly socket: Socket;
  readonly id: string;
  cursor = 0;
  /** How far the visitor has read, and the staff. */
  read: number;
  seen = 0;
  failures = 0;
  status: Reading["status"] = "open";
  transcript: Transcript = "none";
  expiresAt = "";
  left = false;
  pollsAfterEnd = 0;
  #timer: number | undefined;
  #polling = false;
  #again = false;

  /** @param interval between polls, in ms */
  constructor(readonly api: Call, readonly held: Held, origin: string, readonly interval: number, readonly told: Told) {
    this.id = held.chat_id;
    this.read = held.cursor;
    this.typing = new Typing((typing) => this.socket.send("typing", { typing }), told.changed);
    this.socket = socket(
      `${origin.replace(/^http/, "ws")}/socket`,
      () => ({ token: held.token, after: this.cursor }),
      (frame) => this.#frame(frame),
      (wanted) => {
        this.outbox.lost();
        this.typing.operator();
        if (wanted) this.poll();
      },
    );
  }

  call<T = unknown>(method: string, path: string, body?: object, last = false) {
    return this.api<T>(method, `/v1/chats/${this.id}${path}`, { body, last, token: this.held.token });
  }

  /** From now on nothing that still comes in counts. */
  leave() {
    this.left = true;
    clearTimeout(this.#timer);
    this.socket.want(false);
  }

  /** Asks for what is behind the cursor; again after the interval, or at once where asked to meanwhile. */
  async poll() {
    clearTimeout(this.#timer);
    if (this.#polling) this.#again = true;
    if (this.#polling || this.left) return;
    this.#polling = true;
    this.#again = false;
    let wait: number | null;
    try {
      const answer = await this.call<Reading>("GET", `/messages?after=${this.cursor}`);
      wait = this.left ? null : this.#take(answer);
    } catch (problem) {
      wait = this.left ? null : this.failed(problem);
    } finally {
      this.#polling = false;
    }
    if (this.left) return;
    this.told.changed();
    this.#later(this.#again ? 0 : wait);
  }

  #later(wait: number | null) {
    clearTimeout(this.#timer);
    if (wait !== null) this.#timer = setTimeout(() => this.poll(), wait);
  }

  /** @returns how long until the next poll, in ms; null where nothing can change any more */
  #take({ messages, cursor, more, status, transcript, expires_at, read }: Reading): number | null {
    for (const message of messages) this.#place(message);
    this.failures = 0;
    this.cursor = Math.max(this.cursor, cursor);
    this.transcript = transcript.state;
    if (status === "closed") this.#close();
    this.expiresAt = expires_at ?? this.expiresAt;
    this.#readTo(read?.visitor, read?.staff);
    if (more) return 0;
    if (this.status === "closed") {
      if (this.transcript.startsWith("no_") || this.pollsAfterEnd > POLLS_AFTER_END) return null;
      return Math.min(ENDED_POLL_MS, this.interval * 1.3 ** this.pollsAfterEnd++);
    }
    if (this.socket.live) return LIVE_POLL_MS;
    return document.hidden ? Math.max(this.interval, HIDDEN_POLL_MS) : this.interval;
  }

  #readTo(visitor = 0, staff = 0) {
    this.read = Math.max(this.read, visitor);
    this.seen = Math.max(this.seen, staff);
  }

  #place(message: Message) {
    if (message.by === "operator") this.typing.operator();
    this.rows.place(message);
  }

  /** An end is an end: an answer that was on its way before it opens nothing again. */
  #close() {
    this.status = "closed";
    this.socket.want(false);
  }

  /** The visitor ends it. Throws Problem. */
  async end() {
    this.transcript = (await this.call<{ transcript: Transcript }>("POST", "/close")).transcript;
    this.#close();
    this.told.stir();
    this.poll(); // what was said in between
  }

  /** What follows from a failed call: the wait before the next. Throws what is not a Problem. */
  failed(problem: unknown, failures = this.failures++) {
    if (!(problem instanceof Problem)) throw problem;
    if (problem.gone) {
      this.leave();
      this.told.lost();
    }
    if (problem.field === "after") this.cursor = 0; // every message knows its place, so none is doubled
    return backOff(failures, problem.retryAfter);
  }

  /** Whether a message is the next. Where something is between it and what we have (a note, or what was lost), we ask. */
  #next({ cursor }: Message) {
    const next = cursor <= this.cursor + 1;
    if (next) this.cursor = Math.max(this.cursor, cursor);
    else this.poll();
    return next;
  }

  #frame(frame: Frame) {
    switch (frame.type) {
      case "welcome":
        this.#later(this.#take(frame));
        if (frame.online !== undefined) this.told.online(frame.online);
        if (frame.read && frame.read.visitor < this.read) this.sendRead();
        this.outbox.flush();
        break;
      case "pong":
        if (frame.cursor! > this.cursor) this.poll();
        break;
      case "message":
        if (this.#next(frame.message)) this.#place(frame.message);
        break;
      case "posted":
        this.outbox.answered(frame.client_id, frame.message);
        break;
      case "problem": {
        const problem = new Problem(frame.problem.status ?? 0, frame.problem);
        if (!this.outbox.answered(frame.client_id, problem) && problem.gone) this.poll(); // the API has the last word
        break;
      }
      case "typing":
        if (frame.by === "operator") this.typing.operator(frame.typing ? (frame.name ?? "") : undefined);
        break;
      case "read":
        if (frame.by === "staff") this.#readTo(0, frame.cursor);
        else this.#readTo(frame.cursor);
        break;
      case "status":
        if (frame.status === "closed") this.#close();
        this.poll(); // what was said before, and where the copy is
        break;
      case "transcript":
        this.transcript = frame.transcript.state;
        break;
      case "presence":
        this.told.online(frame.online);
    }
    if (!this.left) this.told.changed();
  }

  sendRead() {
    this.socket.send("read", { cursor: this.read });
  }

  /** Shows a message that went with the chat's opening, until its place is known. */
  opened(text: string, client_id: string) {
    this.rows.add(text, client_id);
    this.outbox.after(this.poll());
  }

  say(text: string) {
    this.rows.add(text);
    this.typing.said();
    this.told.changed();
    this.outbox.flush();
  }

  /** What was sent has its place. */
  said(message: Message) {
    this.#place(message);
    this.#next(message);
    if (!this.left) this.told.changed();
  }

  /** Whether an operator wrote: before, no copy is mailed (N6). */
  get answered() {
    return this.rows.all.some(({ by }) => by === "operator");
  }

  unread() {
    return this.rows.unread(this.read);
  }
}
