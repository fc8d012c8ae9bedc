/** How far each tab of the list has been asked for, page by page. */

import { get, query } from "../api";
import { Problem } from "../problem";
import { Watched } from "../watched";
import type { Chat, Scope, Status } from "./model";

export interface Listing {
  next: string | null;
  loading: boolean;
  loaded: boolean;
  problem?: Problem;
}

/** A page as it came: its chats, newest opened first, and whether they are all there are. */
export interface Page {
  chats: Chat[];
  whole: boolean;
}

const NOT_YET: Listing = { next: null, loading: false, loaded: false };
const PAGE = 50;

export class Listings {
  readonly all = new Watched<Readonly<Record<string, Listing>>>({});

  at = (status: Status, scope: Scope): Listing => this.all.value[`${status}/${scope}`] ?? NOT_YET;

  /** Asks for a tab's first page, or the next, and hands it to `taken`. Throws Problem, which the listing shows too. */
  async ask(status: Status, scope: Scope, more: boolean, taken: (page: Page) => void): Promise<void> {
    const before = this.at(status, scope);
    const set = (listing: Listing) => this.all.set({ ...this.all.value, [`${status}/${scope}`]: listing });
    set({ ...before, loading: true });
    try {
      const next = more ? before.next : null;
      const answer = await get<{ chats: Chat[]; next: string | null }>(query("/v1/operator/chats", { status, assigned: scope, limit: PAGE, next }));
      taken({ chats: answer.chats, whole: answer.next === null });
      // The first page, asked for again, leaves what was asked for beyond it.
      set({ next: more || !before.next ? answer.next : before.next, loading: false, loaded: true });
    } catch (failure) {
      if (failure instanceof Problem) set({ ...before, loading: false, problem: failure });
      throw failure;
    }
  }
}
