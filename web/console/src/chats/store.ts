/**
 * The chats as this page knows them: fed by what is asked for and by what is pushed, in whatever order that comes in. What
 * is drawn watches it; it knows nothing of how it is drawn.
 */

import { get, query } from "../api";
import { Problem } from "../problem";
import { Watched } from "../watched";
import { active, after, calling, told, within } from "./inbox";
import { Live } from "./live";
import type { Chat, Frame, Message, Reading, Scope, Status } from "./model";
import { Outbox } from "./outbox";
import { PresenceKeeper } from "./presence";
import { attentive, countInTitle, ring, soundAfterGesture } from "./ring";
import { EMPTY, type Thread, joined, leavesGap, marked } from "./thread";

/** How far a tab of the list has been asked for. */
export interface Listing {
  next: string | null;
  loading: boolean;
  loaded: boolean;
  problem?: Problem;
}

const NOT_YET: Listing = { next: null, loading: false, loaded: false };
const PAGE = 50;
const WATCHED_AT_MOST = 100;
const TYPING_MS = 6_000;

export class ChatStore {
  readonly chats = new Watched<ReadonlyMap<string, Chat>>(new Map());
  readonly listings = new Watched<Readonly<Record<string, Listing>>>({});
  /** How many chats call. */
  readonly callers = new Watched(0);
  readonly presence: PresenceKeeper;
  readonly live: Live;
  readonly outbox: Outbox;
  readonly #threads = new Map<string, Watched<Thread>>();
  readonly #states = new Map<string, Watched<Problem | "ready" | undefined>>();
  readonly #filling = new Map<string, Promise<void>>();
  readonly #refill = new Set<string>();
  /** When each chat was last heard of, counted in events: an answer asked for before that is older. */
  readonly #heard = new Map<string, number>();
  readonly #known = new Set<string>();
  readonly #seen = new Map<string, number>();
  #events = 0;
  #looking: string | null = null;
  #tab: [Status, Scope] = ["open", "all"];
  #watching = "";

  constructor(readonly me: string) {
    this.presence = new PresenceKeeper(me);
    this.live = new Live({ hear: (frame) => this.hear(frame), catchUp: () => this.refresh(), welcomed: () => this.#welcomed() });
    this.outbox = new Outbox({ thread: (id) => this.thread(id), placed: (id, message) => this.#heardMessage(id, message) });
    this.chats.watch(() => this.#changed());
    addEventListener("focus", () => this.#readOn());
    document.addEventListener("visibilitychange", () => this.#readOn());
  }

  start(): this {
    soundAfterGesture();
    countInTitle(this.callers);
    this.live.start();
    this.presence.start();
    return this;
  }

  thread(id: string): Watched<Thread> {
    return kept(this.#threads, id, () => new Watched(EMPTY));
  }

  /** Whether the chat has been read, or why it cannot be. */
  state(id: string): Watched<Problem | "ready" | undefined> {
    return kept(this.#states, id, () => new Watched<Problem | "ready" | undefined>(undefined));
  }

  /** The chat that is in front of the operator; null where none is. */
  look(id: string | null): void {
    this.#looking = id;
    if (!id) return;
    if (this.state(id).value !== "ready") void this.fill(id).catch(shown);
    this.#readOn();
    this.#watch();
  }

  /** The tab of the list that is in front of the operator. */
  async open(status: Status, scope: Scope): Promise<void> {
    this.#tab = [status, scope];
    if (!this.listing(status, scope).loaded) await this.list(status, scope).catch(shown);
  }

  listing = (status: Status, scope: Scope): Listing => this.listings.value[`${status}/${scope}`] ?? NOT_YET;

  /** Asks for a tab's first page, or the next. Throws Problem, which the listing shows too. */
  async list(status: Status, scope: Scope, more = false): Promise<void> {
    const before = this.listing(status, scope);
    const asked = this.#events;
    const set = (listing: Listing) => this.listings.set({ ...this.listings.value, [`${status}/${scope}`]: listing });
    set({ ...before, loading: true });
    try {
      const answer = await get<{ chats: Chat[]; next: string | null }>(
        query("/v1/operator/chats", { status, assigned: scope, limit: PAGE, next: more ? before.next : null }),
      );
      if (!more) this.#dropMissing(answer.chats, answer.next === null, status, scope, asked);
      this.#take(answer.chats, asked);
      // The first page again leaves what was asked for beyond it.
      set({ next: more || !before.next ? answer.next : before.next, loading: false, loaded: true });
    } catch (failure) {
      if (failure instanceof Problem) set({ ...before, loading: false, problem: failure });
      throw failure;
    }
  }

  /** Everything that may have changed unheard. Throws Problem. */
  async refresh(): Promise<void> {
    const [status, scope] = this.#tab;
    await this.list("open", "all");
    if (status !== "open" || scope !== "all") await this.list(status, scope);
    const behind = [...this.#threads].filter(([id, thread]) => id === this.#looking || thread.value.cursor < (this.chats.value.get(id)?.cursor ?? 0));
    for (const [id] of behind) if (this.state(id).value !== undefined) await this.fill(id);
    this.outbox.hurry();
  }

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
        const asked = this.#events;
        this.#refill.delete(id);
        const answer = await get<Reading>(query(`/v1/operator/chats/${id}`, { after: thread.value.cursor }));
        thread.set(marked(joined(thread.value, answer.messages, answer.cursor, this.me), answer.read));
        this.#take([answer.chat], asked);
        more = answer.more || this.#refill.has(id);
      }
      state.set("ready");
      this.#readOn();
    } catch (failure) {
      if (!(failure instanceof Problem)) throw failure;
      if (failure.status === 404) this.gone(id);
      // What has been read stays to be seen while the server is away.
      else if (state.value !== "ready" || !failure.passing) state.set(failure);
      throw failure;
    }
  }

  /** What the server pushed. */
  hear(frame: Frame): void {
    if (frame.type === "message") this.#heardMessage(frame.chat_id, frame.message);
    else if (frame.type === "chat") this.take(frame.chat);
    else if (frame.type === "presence" && "operators" in frame) this.presence.hear(frame.operators, frame.online);
    else if ("chat_id" in frame) this.#heardOf(frame);
  }

  #heardOf(frame: Extract<Frame, { chat_id: string }>): void {
    const id = frame.chat_id;
    const thread = this.thread(id);
    if (frame.type === "typing") {
      const by = frame.by === "visitor" ? "" : (frame.name ?? "");
      const until = Date.now() + TYPING_MS;
      thread.set({ ...thread.value, typing: frame.typing ? { by, until } : null });
      if (frame.typing) setTimeout(() => thread.value.typing?.until === until && thread.set({ ...thread.value, typing: null }), TYPING_MS);
    } else if (frame.type === "presence" && "here" in frame) thread.set({ ...thread.value, here: frame.here });
    else if (frame.type === "read") {
      thread.set(marked(thread.value, { [frame.by]: frame.cursor }));
      if (frame.by === "staff") this.#readTo(id, frame.cursor);
    } else if (frame.type === "status" && frame.status === "deleted") this.gone(id);
    else if (frame.type === "status") this.#change(id, (chat) => ended(chat, frame));
    else if (frame.type === "transcript") this.#change(id, (chat) => ({ ...chat, transcript: frame.transcript }));
  }

  #heardMessage(id: string, message: Message): void {
    const thread = this.thread(id);
    const fresh = message.cursor > (this.chats.value.get(id)?.cursor ?? 0);
    if (leavesGap(thread.value, message)) {
      if (this.state(id).value !== undefined) void this.fill(id).catch(shown);
    } else thread.set(joined(thread.value, [message], message.cursor, this.me));
    if (message.by === "visitor" && thread.value.typing?.by === "") thread.set({ ...thread.value, typing: null });
    if (this.chats.value.has(id)) this.#change(id, (chat) => after(chat, message));
    else if (fresh) void this.list("open", "all").catch(shown);
    if (fresh && message.by === "visitor" && !this.#readOn(id)) this.#call("message", this.chats.value.get(id));
  }

  /** A chat as an act on it, or a push, showed it. */
  take(chat: Chat): void {
    this.#heard.set(chat.chat_id, ++this.#events);
    this.#put([chat]);
    const thread = this.#threads.get(chat.chat_id)?.value;
    if (thread && this.state(chat.chat_id).value !== undefined && thread.cursor < chat.cursor) void this.fill(chat.chat_id).catch(shown);
  }

  /** The chat exists no more. */
  gone(id: string): void {
    this.#drop([id]);
    this.#threads.delete(id);
    this.state(id).set(new Problem(404, { type: "/problems/gone", detail: "This chat has been deleted, or has reached its end and deleted itself." }));
  }

  #take(chats: Chat[], asked: number): void {
    this.#put(chats.filter((chat) => (this.#heard.get(chat.chat_id) ?? 0) <= asked || chat.cursor > (this.chats.value.get(chat.chat_id)?.cursor ?? 0)));
  }

  #put(chats: Chat[]): void {
    const first = !this.listing("open", "all").loaded;
    const next = new Map(this.chats.value);
    for (const chat of chats) next.set(chat.chat_id, told(chat, Math.max(chat.read?.staff ?? 0, this.#seen.get(chat.chat_id) ?? 0)));
    const unknown = chats.filter((chat) => !this.#known.has(chat.chat_id));
    const louder = chats.filter((chat) => (next.get(chat.chat_id)?.unread ?? 0) > (this.chats.value.get(chat.chat_id)?.unread ?? Infinity));
    for (const chat of unknown) this.#known.add(chat.chat_id);
    this.chats.set(next);
    if (first) return;
    for (const chat of unknown) if (chat.status === "open") this.#call("chat", next.get(chat.chat_id));
    for (const chat of louder) if (!this.#readOn(chat.chat_id)) this.#call("message", next.get(chat.chat_id));
  }

  #dropMissing(found: Chat[], whole: boolean, status: Status, scope: Scope, asked: number): void {
    const there = new Set(found.map((chat) => chat.chat_id));
    const oldest = whole ? "" : (found.at(-1)?.opened_at ?? "");
    const missing = [...this.chats.value.values()].filter(
      (chat) => within(chat, status, scope, this.me) && !there.has(chat.chat_id) && chat.opened_at > oldest && (this.#heard.get(chat.chat_id) ?? 0) <= asked,
    );
    this.#drop(missing.map((chat) => chat.chat_id).filter((id) => id !== this.#looking));
  }

  #drop(ids: string[]): void {
    if (!ids.some((id) => this.chats.value.has(id))) return;
    const next = new Map(this.chats.value);
    for (const id of ids) next.delete(id);
    this.chats.set(next);
  }

  #change(id: string, change: (chat: Chat) => Chat): void {
    const chat = this.chats.value.get(id);
    if (!chat) return;
    this.#heard.set(id, ++this.#events);
    this.chats.set(new Map(this.chats.value).set(id, change(chat)));
  }

  /** What is in front of somebody has been read. Whether `id` is. */
  #readOn(id = this.#looking): boolean {
    if (!id || id !== this.#looking || !attentive()) return false;
    const { cursor, read } = this.thread(id).value;
    if (cursor > read.staff) this.live.send({ action: "read", chat_id: id, cursor });
    this.#readTo(id, cursor);
    return true;
  }

  #readTo(id: string, cursor: number): void {
    if (cursor <= (this.#seen.get(id) ?? 0)) return;
    this.#seen.set(id, cursor);
    const chat = this.chats.value.get(id);
    if (chat?.unread) this.chats.set(new Map(this.chats.value).set(id, told(chat, cursor)));
  }

  #call(what: "chat" | "message", chat: Chat | undefined): void {
    if (chat && (chat.assigned_to === null || chat.assigned_to === this.me)) ring(what);
  }

  #welcomed(): void {
    this.#watching = "";
    this.#watch();
    this.#readOn();
  }

  #changed(): void {
    this.callers.set([...this.chats.value.values()].filter((chat) => calling(chat, this.me)).length);
    this.#watch();
  }

  #watch(): void {
    const open = [...this.chats.value.values()].filter((chat) => chat.status === "open");
    const recent = open.sort((one, two) => (active(one) < active(two) ? 1 : -1)).map((chat) => chat.chat_id);
    const ids = [...new Set(this.#looking ? [this.#looking, ...recent] : recent)].slice(0, WATCHED_AT_MOST);
    const watching = [...ids].sort().join();
    if (ids.length && watching !== this.#watching && this.live.send({ action: "watch", chat_ids: ids })) this.#watching = watching;
  }
}

function ended(chat: Chat, { status, transcript }: { status: string; transcript?: Chat["transcript"] }): Chat {
  const closed = status === "closed";
  return {
    ...chat,
    status: closed ? "closed" : "open",
    closed_at: closed ? (chat.closed_at ?? new Date().toISOString()) : null,
    waiting: closed ? false : chat.waiting,
    ...(transcript && { transcript }),
  };
}

function kept<T>(all: Map<string, T>, id: string, make: () => T): T {
  const found = all.get(id) ?? make();
  all.set(id, found);
  return found;
}

/** A Problem that the state of the list or the chat shows already. */
function shown(failure: unknown): void {
  if (!(failure instanceof Problem)) throw failure;
}
