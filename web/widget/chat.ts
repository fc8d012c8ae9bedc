/** One chat: what was said, in the server's order; what is still to be said; live, or by asking again and again. */

import { type Call, Problem, backOff, pause, uniqueId } from "./api";
import { type Frame, type Socket, socket } from "./socket";
import type { Held, Message, Reading, Transcript } from "./types";

const HIDDEN_POLL_MS = 15_000;
const LIVE_POLL_MS = 120_000; // a push may be lost on its way
const ENDED_POLL_MS = 30_000;
const POLLS_AFTER_END = 20; // a copy's bounce comes late
const SLOW_MS = 1_500; // until a message that is on its way says so
const POSTED_MS = 10_000;
const TYPING_MS = 8_000; // without a word more, typing has stopped
const TYPING_AGAIN_MS = 3_000;

/** A line of the conversation. */
export type Row = Partial<Message> & {
  by: Message["by"];
  text: string;
  state: "sending" | "slow" | "late" | "refused" | "sent";
  problem?: Problem;
};

export interface Told {
  changed(): void;
  /** Nobody can reach this chat any more. */
  lost(): void;
  online(online: boolean): void;
  /** Other tabs would not hear of it by themselves. */
  stir(): void;
}

export class Chat {
  /** In order of their places; those without one yet last. */
  rows: Row[] = [];
  cursor = 0;
  /** How far the visitor has read, and the staff. */
  read: number;
  seen = 0;
  failures = 0;
  status: Reading["status"] = "open";
  transcript: Transcript = "none";
  expiresAt = "";
  /** Who is typing, "" for somebody without a name. */
  typist: string | undefined;
  left = false;
  pollsAfterEnd = 0;
  readonly socket: Socket;
  readonly id: string;
  #timer: number | undefined;
  #polling = false;
  #again = false;
  #flushing = false;
  #typed = 0;
  #typingOut: number | undefined;
  #typingIn: number | undefined;
  #posted: { id: string; done(message: Message): void; failed(problem: Problem): void } | undefined;

  constructor(readonly api: Call, readonly held: Held, origin: string, readonly interval: number, readonly told: Told) {
    this.id = held.chat_id;
    this.read = held.cursor;
    this.socket = socket(
      `${origin.replace(/^http/, "ws")}/socket`,
      () => ({ token: held.token, after: this.cursor }),
      {
        frame: (frame) => this.#frame(frame),
        lost: () => {
          this.#posted?.failed(new Problem(0));
          this.#setTypist();
          this.poll();
        },
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
    }
    this.#polling = false;
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
    if (status === "closed") this.#close(transcript.state);
    else this.transcript = transcript.state;
    this.expiresAt = expires_at ?? this.expiresAt;
    this.read = Math.max(this.read, read?.visitor ?? 0);
    this.seen = Math.max(this.seen, read?.staff ?? 0);
    if (more) return 0;
    if (this.status === "closed") {
      if (this.transcript === "no_address" || this.pollsAfterEnd > POLLS_AFTER_END) return null;
      return Math.min(ENDED_POLL_MS, this.interval * 1.3 ** this.pollsAfterEnd++);
    }
    if (this.socket.live) return LIVE_POLL_MS;
    return document.hidden ? Math.max(this.interval, HIDDEN_POLL_MS) : this.interval;
  }

  /** An end is an end: an answer that was on its way before it opens nothing again. */
  #close(transcript?: Transcript) {
    this.status = "closed";
    this.transcript = transcript ?? this.transcript;
    this.socket.want(false);
  }

  /** The visitor ended it. */
  async end() {
    const { transcript } = await this.call<{ transcript: Transcript }>("POST", "/close");
    this.#close(transcript);
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

  /** Puts a message where the server has it; what was shown while it was sent becomes it. */
  #place(message: Message) {
    if (message.by === "operator") this.#setTypist();
    if (this.rows.some((row) => row.cursor === message.cursor)) return;
    const mine = message.client_id && this.rows.find((row) => !row.cursor && row.client_id === message.client_id);
    if (mine) Object.assign(mine, message, { state: "sent" });
    else this.rows.push({ ...message, state: "sent" });
    this.rows.sort((one, other) => (one.cursor ?? Infinity) - (other.cursor ?? Infinity) || 0);
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
        this.#flush();
        break;
      case "message":
        if (this.#next(frame.message)) this.#place(frame.message);
        break;
      case "posted":
        if (this.#posted?.id === frame.client_id) this.#posted.done(frame.message);
        break;
      case "problem": {
        const problem = new Problem(frame.problem.status ?? 0, frame.problem);
        if (this.#posted?.id === frame.client_id) this.#posted!.failed(problem);
        else if (problem.gone) this.poll(); // the API has the last word
        break;
      }
      case "typing":
        if (frame.by === "operator") this.#setTypist(frame.typing ? (frame.name ?? "") : undefined);
        break;
      case "read":
        if (frame.by === "staff") this.seen = Math.max(this.seen, frame.cursor);
        else this.read = Math.max(this.read, frame.cursor);
        break;
      case "status":
        if (frame.status === "closed") this.#close(typeof frame.transcript === "object" ? frame.transcript.state : frame.transcript);
        this.poll(); // what was said before, and how it ended
        break;
      case "transcript":
        this.transcript = frame.transcript.state;
        break;
      case "presence":
        this.told.online(frame.online);
    }
    if (!this.left) this.told.changed();
  }

  #setTypist(name?: string) {
    clearTimeout(this.#typingIn);
    this.typist = name;
    if (name !== undefined) this.#typingIn = setTimeout(() => {
      this.typist = undefined;
      this.told.changed();
    }, TYPING_MS);
  }

  /** The visitor is writing, or has stopped. */
  typing(writes: boolean) {
    clearTimeout(this.#typingOut);
    if (writes) this.#typingOut = setTimeout(() => this.typing(false), TYPING_MS / 2);
    if (writes ? Date.now() - this.#typed < TYPING_AGAIN_MS : !this.#typed) return;
    this.#typed = writes ? Date.now() : 0;
    this.socket.send("typing", { typing: writes });
  }

  sendRead() {
    this.socket.send("read", { cursor: this.read });
  }

  /** Shows a message that went with the chat's opening, until its place is known. */
  opened(text: string, client_id: string) {
    this.rows.push({ by: "visitor", text, client_id, state: "sending" });
    this.#flushing = true;
    this.poll().finally(() => {
      this.#flushing = false;
      this.#flush();
    });
  }

  say(text: string) {
    this.rows.push({ by: "visitor", text, client_id: uniqueId(), state: "sending" });
    this.typing(false);
    this.told.changed();
    this.#flush();
  }

  /** Sends what waits, one after the other, each under its own id until it is through: so it arrives once, in order. */
  async #flush() {
    if (this.#flushing) return;
    this.#flushing = true;
    let failures = 0;
    for (let row: Row | undefined; !this.left && (row = this.waiting()[0]); ) {
      const sent = row;
      const slow = setTimeout(() => this.#slow(sent), SLOW_MS);
      try {
        const message = await this.#post(sent);
        this.#place(message);
        this.#next(message);
        failures = 0;
      } catch (problem) {
        clearTimeout(slow);
        if (this.left) return;
        const wait = this.failed(problem, failures++);
        if ((problem as Problem).passing) {
          sent.state = sent.cursor ? "sent" : "late"; // a poll may have found it meanwhile
          this.told.changed();
          await pause(wait);
        } else {
          Object.assign(sent, { state: "refused", problem });
          if ((problem as Problem).kind === "chat_closed") this.poll();
        }
      }
      clearTimeout(slow);
      if (!this.left) this.told.changed();
    }
    this.#flushing = false;
  }

  /** Through the socket while it is live, else by a call. Throws Problem. */
  async #post({ text, client_id }: Row): Promise<Message> {
    if (!this.socket.live) {
      const { message } = await this.call<{ message: Message }>("POST", "/messages", { text, client_id }, true);
      this.told.stir();
      return message;
    }
    return new Promise<Message>((done, failed) => {
      setTimeout(() => failed(new Problem(0)), POSTED_MS);
      this.#posted = { id: client_id!, done, failed };
      this.socket.send("post", { text, client_id });
    });
  }

  #slow(row: Row) {
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
    return this.rows.filter((row) => row.by === "operator" && row.cursor! > this.read);
  }
}
