/** What the visitor says, on its way: one after the other, each under its own id until it is through, so it arrives once
 * and in order. */

import { Problem, pause } from "./api";
import type { Chat } from "./chat";
import type { Row } from "./rows";
import type { Message } from "./types";

const SLOW_MS = 1_500; // until a message that is on its way says so
const POSTED_MS = 10_000;

export class Outbox {
  #busy = false;
  #sent: { id: string; done(message: Message): void; failed(problem: Problem): void } | undefined;

  constructor(readonly chat: Chat) {}

  /** Waits for what is known first. */
  async after(known: Promise<void>) {
    this.#busy = true;
    await known;
    this.#busy = false;
    this.flush();
  }

  /** Sends what waits. */
  async flush() {
    if (this.#busy) return;
    this.#busy = true;
    const { chat } = this;
    let failures = 0;
    for (let row: Row | undefined; !chat.left && (row = chat.rows.waiting()); ) {
      const sent = row;
      const slow = setTimeout(() => sent.state === "sending" && this.#say(sent, "slow"), SLOW_MS);
      try {
        chat.said(await this.#post(sent));
        failures = 0;
      } catch (problem) {
        if (chat.left) return;
        const wait = chat.failed(problem, failures++);
        clearTimeout(slow);
        if ((problem as Problem).passing) {
          this.#say(sent, sent.cursor ? "sent" : "late"); // a poll may have found it meanwhile
          await pause(wait);
        } else {
          sent.problem = problem as Problem;
          this.#say(sent, "refused");
          if (sent.problem.kind === "chat_closed") chat.poll();
        }
      }
      clearTimeout(slow);
    }
    this.#busy = false;
  }

  #say(row: Row, state: Row["state"]) {
    row.state = state;
    if (!this.chat.left) this.chat.told.changed();
  }

  /** Through the socket while it is live, else by a call. Throws Problem. */
  async #post({ text, client_id }: Row): Promise<Message> {
    const { chat } = this;
    if (!chat.socket.live) {
      const { message } = await chat.call<{ message: Message }>("POST", "/messages", { text, client_id }, true);
      chat.told.stir();
      return message;
    }
    return new Promise((done, failed) => {
      setTimeout(() => failed(new Problem(0)), POSTED_MS);
      this.#sent = { id: client_id!, done, failed };
      chat.socket.send("post", { text, client_id });
    });
  }

  /** What the socket answers to a message. @returns whether it was one that waits */
  answered(client_id: string | undefined, answer: Message | Problem) {
    if (this.#sent?.id !== client_id) return false;
    if (answer instanceof Problem) this.#sent!.failed(answer);
    else this.#sent!.done(answer);
    return true;
  }

  /** The socket is gone, and what it would have answered. */
  lost() {
    this.#sent?.failed(new Problem(0));
  }
}
