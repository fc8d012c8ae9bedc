/**
 * The line on which the server pushes what happens. While it is not there the same is asked for every few seconds, so a
 * broken line costs speed and nothing else; it is tried again by itself, less and less often.
 */

import { post } from "../api";
import { Problem } from "../problem";
import { Watched } from "../watched";
import type { Frame } from "./model";

/** connecting: for the first time; live: pushed; polling: asked for; offline: the server cannot be reached. */
export type LiveState = "connecting" | "live" | "polling" | "offline";

interface Ticket {
  ticket: string;
  websocket_url: string;
}

const POLL_MS = 3_000;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
const WELCOME_MS = 10_000;
const PING_MS = 30_000;
const CHECK_MS = 60_000; // a push may be lost and nothing follow it: asked for anyway, now and then
const SILENCE_MS = 75_000; // nothing heard for so long, pongs included: the line is dead

interface Hooks {
  hear: (frame: Frame) => void;
  /** Asks for all that may have been missed. Throws Problem. */
  catchUp: () => Promise<void>;
  /** The line is there: what shall be heard is said now. */
  welcomed: () => void;
}

export class Live {
  readonly state = new Watched<LiveState>("connecting");
  #socket: WebSocket | null = null;
  #tries = 0;
  #turn = 0;
  #heardAt = 0;
  #reconnect = 0;
  #poll = 0;

  constructor(private readonly hooks: Hooks) {}

  start(): void {
    addEventListener("online", () => this.#now());
    addEventListener("offline", () => this.#lost());
    setInterval(() => this.#alive(), PING_MS);
    setInterval(() => this.#is("live") && void this.#caughtUp(), CHECK_MS);
    void this.#connect();
    void this.#ask();
  }

  /** Sends a frame that may be lost: typing, read marks, what is watched. Whether there was a line to send it on. */
  send(frame: object): boolean {
    if (!this.#is("live") || this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  #now(): void {
    this.#tries = 0;
    clearTimeout(this.#reconnect);
    if (!this.#socket) void this.#connect();
    this.#askAgain(0);
  }

  async #connect(): Promise<void> {
    const turn = ++this.#turn;
    let ticket: Ticket;
    try {
      ticket = await post<Ticket>("/v1/operator/socket");
    } catch (failure) {
      if (!(failure instanceof Problem)) throw failure;
      if (turn === this.#turn) this.#later();
      return;
    }
    if (turn !== this.#turn) return; // another try has begun meanwhile: two lines would be one too many
    const socket = new WebSocket(ticket.websocket_url);
    this.#socket = socket;
    socket.onopen = () => socket.send(JSON.stringify({ action: "hello", ticket: ticket.ticket }));
    socket.onmessage = (event) => {
      if (socket !== this.#socket) return;
      this.#heardAt = Date.now();
      const frame = JSON.parse(String(event.data)) as Frame;
      if (frame.type === "welcome") this.#welcomed();
      else this.hooks.hear(frame);
    };
    socket.onclose = () => socket === this.#socket && this.#lost();
    setTimeout(() => socket === this.#socket && !this.#is("live") && this.#lost(), WELCOME_MS);
  }

  #welcomed(): void {
    this.#tries = 0;
    clearTimeout(this.#poll);
    this.state.set("live");
    this.hooks.welcomed();
    // Only now: from here on everything is pushed, so what was said before is all that can be missing.
    void this.#caughtUp();
  }

  #lost(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    if (this.#is("live")) this.state.set("polling");
    this.#later();
    this.#askAgain(0);
  }

  #later(): void {
    clearTimeout(this.#reconnect);
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#tries++) * (0.5 + Math.random() / 2);
    this.#reconnect = window.setTimeout(() => void this.#connect(), wait);
  }

  #askAgain(wait: number): void {
    clearTimeout(this.#poll);
    this.#poll = window.setTimeout(() => void this.#ask(), wait);
  }

  async #ask(): Promise<void> {
    if (this.#is("live")) return;
    await this.#caughtUp();
    if (!this.#is("live")) this.#askAgain(POLL_MS);
  }

  async #caughtUp(): Promise<void> {
    try {
      await this.hooks.catchUp();
      if (!this.#is("live")) this.state.set("polling");
    } catch (failure) {
      if (!(failure instanceof Problem)) throw failure;
      if (this.#is("live")) this.#lost(); // asks again until it succeeds
      else this.state.set(failure.status === 429 ? "polling" : "offline");
    }
  }

  #is(state: LiveState): boolean {
    return this.state.value === state;
  }

  #alive(): void {
    if (this.#is("live") && Date.now() - this.#heardAt > SILENCE_MS) this.#lost();
    else this.send({ action: "ping" });
  }
}
