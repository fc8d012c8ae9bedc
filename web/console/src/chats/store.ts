/**
 * The chats as this page knows them: fed by what is asked for and by what is pushed, in whatever order that comes in. What
 * is drawn watches it; it knows nothing of how it is drawn.
 */

import { Problem } from "../problem";
import { Watched } from "../watched";
import { Conversations } from "./conversations";
import { active, after, calling, ended, told, withKnown, within } from "./inbox";
import { type Page, Listings } from "./listings";
import { Live } from "./live";
import type { Chat, Frame, Message, Scope, Status } from "./model";
import { Outbox } from "./outbox";
import { PresenceKeeper } from "./presence";
import { attentive, countInTitle, ring, soundAfterGesture } from "./ring";
import { joined, leavesGap, marked } from "./thread";

const WATCHED_AT_MOST = 100;
const EXPIRY_MS = 1_000;
const HOUR_MS = 3_600_000;

export class ChatStore {
  readonly chats = new Watched<ReadonlyMap<string, Chat>>(new Map());
  readonly listings = new Listings();
  readonly conversations: Conversations;
  readonly presence: PresenceKeeper;
  readonly live: Live;
  readonly outbox: Outbox;
  /** How many chats call. */
  readonly #callers = new Watched(0);
  /** When each chat was last heard of, counted in events: an answer asked for before that is older. */
  readonly #heard = new Map<string, number>();
  readonly #known = new Set<string>();
  /** How far this operator has read, also where the server does not know yet. */
  readonly #seen = new Map<string, number>();
  /** Chats of which the connection is told everything. */
  readonly #watched = new Set<string>();
  #events = 0;
  /** In which hour, counted from the epoch, what is watched was said. */
  #hour = Math.floor(Date.now() / HOUR_MS);
  #looking: string | null = null;
  #tab: [Status, Scope] = ["open", "all"];

  constructor(readonly me: string) {
    this.presence = new PresenceKeeper(me);
    this.live = new Live({ hear: (frame) => this.#hear(frame), catchUp: () => this.#refresh(), welcomed: () => this.#welcomed() });
    this.conversations = new Conversations(me, { asking: () => this.#events, read: (chat, asked) => this.#take([chat], asked), gone: (id, why) => this.gone(id, why) });
    this.outbox = new Outbox({ thread: (id) => this.conversations.thread(id), placed: (id, message) => this.#heardMessage(id, message) });
    this.chats.watch(() => this.#changed());
    let line = this.live.state.value;
    this.live.state.watch(() => {
      const before = line;
      line = this.live.state.value;
      if (line === "live" || (before === "offline" && line === "polling")) this.outbox.hurry();
    });
  }

  start(): this {
    for (const seen of ["focus", "visibilitychange"]) addEventListener(seen, () => this.#readOn(), { capture: true });
    soundAfterGesture();
    countInTitle(this.#callers);
    this.live.start();
    this.presence.start();
    setInterval(() => {
      this.#dropExpired();
      this.#renew();
    }, EXPIRY_MS);
    return this;
  }

  /** The chat that is in front of the operator; null where none is. */
  look(id: string | null): void {
    this.#looking = id;
    if (!id) return;
    this.#soon(this.read(id)); // also where it is known: of a chat that has ended not all is pushed
    this.#readOn();
    this.#watch();
  }

  /** The tab of the list that is in front of the operator. */
  open(status: Status, scope: Scope): void {
    this.#tab = [status, scope];
    this.#soon(this.list(status, scope));
  }

  /** Asks for a tab's first page, or the next. Throws Problem, which the listing shows too. */
  list(status: Status, scope: Scope, more = false): Promise<void> {
    const asked = this.#events;
    return this.listings.ask(status, scope, more, (page) => {
      if (!more) this.#dropMissing(page, status, scope, asked);
      this.#take(page.chats, asked);
    });
  }

  /** Reads a chat on from where it is known. Throws Problem, which the chat's state shows too. */
  async read(id: string): Promise<void> {
    await this.conversations.fill(id);
    this.#readOn();
  }

  /** A chat as an act on it, or a push, showed it. */
  take(chat: Chat): void {
    this.#heard.set(chat.chat_id, ++this.#events);
    this.#put([chat]);
    const id = chat.chat_id;
    if (this.conversations.state(id).value !== undefined && this.conversations.thread(id).value.cursor < chat.cursor) this.#soon(this.read(id));
  }

  /** The chat exists no more, or nobody may use it: nothing of it stays here. */
  gone(id: string, why = new Problem(404)): void {
    this.#heard.set(id, ++this.#events);
    this.#drop([id]);
    this.conversations.forget(id, why);
  }

  /** Everything that may have changed unheard. Throws Problem. */
  async #refresh(): Promise<void> {
    const [status, scope] = this.#tab;
    await this.list("open", "all");
    if (status !== "open" || scope !== "all") await this.list(status, scope);
    for (const [id, thread] of this.conversations.known()) {
      const behind = id === this.#looking || thread.value.cursor < (this.chats.value.get(id)?.cursor ?? 0);
      if (behind && this.conversations.state(id).value !== undefined) await this.read(id);
    }
  }

  #hear(frame: Frame): void {
    if (frame.type === "message") this.#heardMessage(frame.chat_id, frame.message);
    else if (frame.type === "chat" && frame.unseen) this.#watchAnew(frame.chat);
    else if (frame.type === "chat") {
      // That it is pushed shows that this connection is told of it.
      this.#watched.add(frame.chat.chat_id);
      this.take(frame.chat);
      // What is pushed leaves out what may have been corrected.
      if (frame.chat.chat_id === this.#looking) this.#soon(this.read(frame.chat.chat_id));
    } else if (frame.type === "watching") {
      for (const chat of frame.shown) this.take(chat);
      this.#heardFrom(frame.chats);
    }
    else if (frame.type === "presence" && "operators" in frame) this.presence.hear(frame.operators, frame.online);
    else if ("chat_id" in frame) this.#heardOf(frame);
  }

  /** From these cursors on everything is pushed: what was said before and is not known has to be asked for. */
  #heardFrom(cursors: Record<string, number>): void {
    if (Object.entries(cursors).some(([id, cursor]) => (this.chats.value.get(id)?.cursor ?? cursor) < cursor)) this.#soon(this.#refresh());
  }

  #heardOf(frame: Extract<Frame, { chat_id: string }>): void {
    const id = frame.chat_id;
    const thread = this.conversations.thread(id);
    if (frame.type === "typing") this.conversations.types(id, frame.by === "visitor" ? "" : (frame.name ?? ""), frame.typing);
    else if (frame.type === "presence" && "here" in frame) this.#change(id, (chat) => ({ ...chat, here: frame.here }));
    else if (frame.type === "read") {
      thread.set(marked(thread.value, { [frame.by]: frame.cursor }));
      if (frame.by === "staff") this.#readTo(id, frame.cursor);
    } else if (frame.type === "transcript") this.#change(id, (chat) => ({ ...chat, transcript: frame.transcript }));
    else if (frame.type === "status" && frame.status === "deleted") this.gone(id);
    else if (frame.type === "status" && frame.status === "restricted") this.gone(id, new Problem(409, { type: "/problems/restricted" }));
    else if (frame.type === "status" && frame.status === "closed") this.#change(id, (chat) => ended(chat, frame.transcript));
  }

  #heardMessage(id: string, message: Message): void {
    const thread = this.conversations.thread(id);
    const before = this.chats.value.get(id);
    if (!leavesGap(thread.value, message)) thread.set(joined(thread.value, [message], message.cursor, this.me));
    else if (this.conversations.state(id).value !== undefined) this.#soon(this.read(id));
    if (message.by !== "note") this.conversations.types(id, message.by === "visitor" ? "" : (message.name ?? ""), false);
    if (before) this.#change(id, (chat) => after(chat, message));
    else this.#soon(this.list("open", "all"));
    if (before && message.by === "visitor" && message.cursor > before.cursor && !this.#readOn(id)) this.#call("message", before);
  }

  /** Chats as an answer showed them; those heard of since it was asked for are known better, or known to be gone. */
  #take(chats: Chat[], asked: number): void {
    const newer = ({ chat_id: id, cursor }: Chat) => cursor > (this.chats.value.get(id)?.cursor ?? Infinity);
    this.#put(chats.filter((chat) => (this.#heard.get(chat.chat_id) ?? 0) <= asked || newer(chat)));
  }

  #put(chats: Chat[]): void {
    const before = this.chats.value;
    const next = new Map(before);
    for (const chat of chats) next.set(chat.chat_id, told(withKnown(chat, before.get(chat.chat_id)), Math.max(chat.read.staff, this.#seen.get(chat.chat_id) ?? 0)));
    this.chats.set(next);
    const first = !this.listings.at("open", "all").loaded;
    for (const { chat_id: id, status, cursor } of chats) {
      const unknown = !this.#known.has(id);
      this.#known.add(id);
      const chat = next.get(id);
      if (first || !chat || status !== "open" || this.#readOn(id)) continue;
      if (unknown) this.#call("chat", chat);
      else if (chat.unread > (before.get(id)?.unread ?? 0) && cursor > (before.get(id)?.cursor ?? cursor)) this.#call("message", chat);
    }
  }

  /** Drops what a tab's first page should hold and does not: it was ended, deleted, given to somebody else. */
  #dropMissing({ chats, whole }: Page, status: Status, scope: Scope, asked: number): void {
    const there = new Set(chats.map((chat) => chat.chat_id));
    const oldest = whole ? "" : (chats.at(-1)?.opened_at ?? "");
    const missing = [...this.chats.value.values()].filter(
      (chat) => within(chat, status, scope, this.me) && !there.has(chat.chat_id) && chat.opened_at > oldest && (this.#heard.get(chat.chat_id) ?? 0) <= asked,
    );
    this.#drop(missing.map((chat) => chat.chat_id).filter((id) => id !== this.#looking));
  }

  /** What has ended is to be seen nowhere from that second on (N17), and nobody pushes that. */
  #dropExpired(): void {
    const now = Date.now();
    for (const { chat_id: id, expires_at } of this.chats.value.values()) if (Date.parse(expires_at) <= now) this.gone(id);
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
    const thread = this.conversations.thread(id);
    const { cursor, read } = thread.value;
    if (cursor > read.staff && this.live.send({ action: "read", chat_id: id, cursor })) thread.set(marked(thread.value, { staff: cursor }));
    this.#readTo(id, cursor);
    return true;
  }

  #readTo(id: string, cursor: number): void {
    if (cursor <= (this.#seen.get(id) ?? 0)) return;
    this.#seen.set(id, cursor);
    const chat = this.chats.value.get(id);
    if (chat?.unread) this.chats.set(new Map(this.chats.value).set(id, told(chat, cursor)));
  }

  #call(what: "chat" | "message", chat: Chat): void {
    if (chat.assigned_to === null || chat.assigned_to === this.me) ring(what);
  }

  #welcomed(): void {
    this.#watched.clear();
    this.#watch();
    this.#readOn();
  }

  #changed(): void {
    this.#callers.set([...this.chats.value.values()].filter((chat) => calling(chat, this.me)).length);
    this.#watch();
  }

  /** Something happened in a chat that no view is recorded of in this hour: it is shown once that is. */
  #watchAnew(chat: Chat): void {
    const id = chat.chat_id;
    this.#heard.set(id, ++this.#events);
    this.#watched.delete(id);
    if (this.live.send({ action: "watch", chat_ids: [id] })) this.#watched.add(id);
    else this.#soon(this.list("open", "all"));
  }

  /** What is shown is recorded once an hour. */
  #renew(): void {
    const hour = Math.floor(Date.now() / HOUR_MS);
    if (hour === this.#hour) return;
    this.#hour = hour;
    this.#watched.clear();
    this.#watch();
  }

  #watch(): void {
    const open = [...this.chats.value.values()].filter((chat) => chat.status === "open");
    const recent = open.sort((one, two) => (active(one) < active(two) ? 1 : -1)).map((chat) => chat.chat_id);
    const wanted = (this.#looking ? [this.#looking, ...recent] : recent).slice(0, WATCHED_AT_MOST);
    const ids = [...new Set(wanted)].filter((id) => !this.#watched.has(id));
    if (ids.length && this.live.send({ action: "watch", chat_ids: ids })) for (const id of ids) this.#watched.add(id);
  }

  /** Goes on by itself; a Problem is shown by the list or the chat. */
  #soon(work: Promise<void>): void {
    work.catch((failure: unknown) => {
      if (!(failure instanceof Problem)) throw failure;
    });
  }
}
