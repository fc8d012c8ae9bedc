/**
 * What this operator writes, on its way to the server. One after the other in each chat, so that nothing overtakes; the
 * same client id at each try, so that nothing is said twice whatever became of the answer.
 */

import { post } from "../api";
import { newId } from "../ids";
import { Problem } from "../problem";
import type { Watched } from "../watched";
import type { Message } from "./model";
import { type Draft, type Kind, type Thread, drafted, standing, without } from "./thread";

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15_000;

interface Hooks {
  thread: (chatId: string) => Watched<Thread>;
  /** It has its place. */
  placed: (chatId: string, message: Message) => void;
}

export class Outbox {
  readonly #busy = new Set<string>();
  readonly #waiting = new Set<() => void>();

  constructor(private readonly hooks: Hooks) {
    addEventListener("beforeunload", (event) => this.#busy.size && event.preventDefault());
  }

  add(chatId: string, kind: Kind, text: string): void {
    const draft: Draft = { client_id: newId(), kind, text, at: new Date().toISOString(), state: "sending" };
    this.#change(chatId, (thread) => drafted(thread, draft));
    void this.#send(chatId);
  }

  /** Tries what waits at once, as the line is there again. */
  hurry(): void {
    for (const go of [...this.#waiting]) go();
  }

  retry(chatId: string, clientId: string): void {
    this.#change(chatId, (thread) => standing(thread, clientId, "sending"));
    this.hurry();
    void this.#send(chatId);
  }

  discard(chatId: string, clientId: string): void {
    this.#change(chatId, (thread) => without(thread, clientId));
  }

  async #send(chatId: string): Promise<void> {
    if (this.#busy.has(chatId)) return;
    this.#busy.add(chatId);
    let tries = 0;
    for (let next = this.#next(chatId); next; next = this.#next(chatId)) {
      const { client_id, kind, text } = next;
      try {
        const { message } = await post<{ message: Message }>(`/v1/operator/chats/${chatId}/${kind}`, { text, client_id });
        tries = 0;
        this.hooks.placed(chatId, message);
      } catch (failure) {
        if (!(failure instanceof Problem)) throw failure;
        if (failure.passing) {
          this.#change(chatId, (thread) => standing(thread, client_id, "late"));
          await this.#pause(failure.retryAfter * 1000 || Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries++));
        } else this.#change(chatId, (thread) => standing(thread, client_id, "refused", failure.message));
      }
    }
    this.#busy.delete(chatId);
  }

  #next(chatId: string): Draft | undefined {
    return this.hooks.thread(chatId).value.drafts.find((one) => one.state !== "refused");
  }

  #change(chatId: string, change: (thread: Thread) => Thread): void {
    const thread = this.hooks.thread(chatId);
    thread.set(change(thread.value));
  }

  #pause(wait: number): Promise<void> {
    return new Promise((resolve) => {
      const go = () => {
        clearTimeout(timer);
        this.#waiting.delete(go);
        resolve();
      };
      const timer = window.setTimeout(go, wait * (0.5 + Math.random() / 2));
      this.#waiting.add(go);
    });
  }
}
