/** The chats that have been opened here: what was said in each, and whether it could be read. */

import { get, query } from "../api";
import { Problem } from "../problem";
import { Watched } from "../watched";
import type { Chat, Reading } from "./model";
import { EMPTY, type Thread, joined, marked } from "./thread";

const TYPING_MS = 8_000;

interface Hooks {
  /** What a question is asked at, to tell later what is newer than its answer. */
  asking: () => number;
  read: (chat: Chat, asked: number) => void;
  gone: (id: string, why: Problem) => void;
}

export class Conversations {
  readonly #threads = new Map<string, Watched<Thread>>();
  readonly #states = new Map<string, Watched<Problem | "ready" | undefined>>();
  readonly #filling = new Map<string, Promise<void>>();
  readonly #refill = new Set<string>();

  constructor(
    private readonly me: string,
    private readonly hooks: Hooks,
  ) {}

  thread(id: string): Watched<Thread> {
    return kept(this.#threads, id, () => new Watched(EMPTY));
  }

  /** Whether the chat has been read, or why it cannot be; undefined where nobody has opened it. */
  state(id: string): Watched<Problem | "ready" | undefined> {
    return kept(this.#states, id, () => new Watched<Problem | "ready" | undefined>(undefined));
  }

  known = (): [string, Watched<Thread>][] => [...this.#threads];

  /** Reads a chat on from where it is known. Throws Problem, which the chat's state shows too. */
  fill(id: string): Promise<void> {
    const running = this.#filling.get(id);
    if (running) {
      this.#refill.add(id);
      return running;
    }
    const filling = this.#fill(id).finally(() => this.#filling.delete(id));
    this.#filling.set(id, filling);
    return filling;
  }

  async #fill(id: string): Promise<void> {
    const thread = this.thread(id);
    const state = this.state(id);
    try {
      let more = true;
      while (more) {
        const asked = this.hooks.asking();
        this.#refill.delete(id);
        const answer = await get<Reading>(query(`/v1/operator/chats/${id}`, { after: thread.value.cursor }));
        thread.set(marked(joined(thread.value, answer.messages, answer.cursor, this.me), answer.read));
        this.hooks.read(answer.chat, asked);
        more = answer.more || this.#refill.has(id);
      }
      if (this.#threads.get(id) === thread) state.set("ready"); // else it was forgotten meanwhile
    } catch (failure) {
      if (!(failure instanceof Problem)) throw failure;
      if (failure.status === 404 || failure.kind === "restricted") this.hooks.gone(id, failure);
      // What has been read stays to be seen while the server is away.
      else if (state.value !== "ready" || !failure.passing) state.set(failure);
      throw failure;
    }
  }

  /** Somebody writes, `by` "" for the visitor, or no longer does: by itself where nothing more is heard. */
  types(id: string, by: string, typing: boolean): void {
    const thread = this.thread(id);
    if (!typing && thread.value.typing?.by !== by) return;
    const until = Date.now() + TYPING_MS;
    thread.set({ ...thread.value, typing: typing ? { by, until } : null });
    if (typing) setTimeout(() => thread.value.typing?.until === until && this.types(id, by, false), TYPING_MS);
  }

  /** Nothing of what was said is kept here any more; `why` is shown instead. */
  forget(id: string, why: Problem): void {
    this.#threads.delete(id);
    this.state(id).set(why);
  }
}

function kept<T>(all: Map<string, T>, id: string, make: () => T): T {
  const found = all.get(id) ?? make();
  all.set(id, found);
  return found;
}
