/** Whether this operator is there, and who else is. Being there is said anew each minute: it holds for two at the server. */

import { get, put } from "../api";
import { Problem } from "../problem";
import { Watched } from "../watched";
import type { Colleague, Presence } from "./model";

const AGAIN_MS = 60_000;
const SOON_MS = 5_000;

export class PresenceKeeper {
  readonly state = new Watched<Presence | undefined>(undefined);
  #timer = 0;
  #turn = 0;

  constructor(private readonly me: string) {}

  start(): void {
    void this.#renew();
    // A machine that slept has missed its minutes.
    document.addEventListener("visibilitychange", () => !document.hidden && void this.#renew());
    addEventListener("online", () => void this.#renew());
  }

  /** Says that one is there, or has gone. Throws Problem. */
  async say(present: boolean): Promise<void> {
    const turn = ++this.#turn;
    const told = await put<Presence>("/v1/operator/presence", { present });
    if (turn === this.#turn) this.#take(told);
  }

  /** Who is there, as the server pushed it. What this operator said in another tab holds here too. */
  hear(operators: Colleague[], online: boolean): void {
    const mine = operators.find((one) => one.operator_id === this.me);
    this.state.set({ operators, online, present: mine?.present ?? this.state.value?.present ?? false });
  }

  async #renew(): Promise<void> {
    clearTimeout(this.#timer);
    const turn = ++this.#turn;
    try {
      const told = this.state.value?.present ? await put<Presence>("/v1/operator/presence", { present: true }) : await get<Presence>("/v1/operator/presence");
      if (turn === this.#turn) this.#take(told);
    } catch (failure) {
      if (!(failure instanceof Problem)) throw failure;
      if (turn === this.#turn) this.#again(SOON_MS);
    }
  }

  #take(told: Presence): void {
    this.state.set(told);
    this.#again(AGAIN_MS);
  }

  #again(wait: number): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.#renew(), wait);
  }
}
