/**
 * What was said in one chat, as far as it is known here. A cursor is a position, so what is known is always everything
 * from 1 to `cursor`: a message that comes twice is left alone, and one that comes before its neighbour is not put in
 * but asked for. What this operator has written stands behind it until it comes back with a position.
 */

import type { Message, Read } from "./model";

export type Kind = "messages" | "notes";

/** Written here and not yet seen in its place. */
export interface Draft {
  client_id: string;
  kind: Kind;
  text: string;
  at: string;
  /** late: not sent yet, and tried again by itself; refused: the server will not have it. */
  state: "sending" | "late" | "refused";
  why?: string;
}

export interface Thread {
  messages: readonly Message[];
  cursor: number;
  drafts: readonly Draft[];
  read: Read;
  /** Who writes just now, "" for the visitor. */
  typing: { by: string; until: number } | null;
}

export const EMPTY: Thread = { messages: [], cursor: 0, drafts: [], read: { visitor: 0, staff: 0 }, typing: null };

/** Whether a message can only be put in after those between have been asked for. */
export const leavesGap = (thread: Thread, message: Message): boolean => message.cursor > thread.cursor + 1;

/**
 * The thread with what was read or heard. `upTo` is the cursor that the answer reaches; messages behind the end of what is
 * known must follow it without a gap. `me` is this operator, whose drafts are found again in it.
 */
export function joined(thread: Thread, messages: readonly Message[], upTo: number, me: string): Thread {
  const fresh = messages.filter((one) => one.cursor > thread.cursor);
  if (!fresh.length) return upTo > thread.cursor ? { ...thread, cursor: upTo } : thread;
  const placed = new Set(fresh.filter((one) => one.operator_id === me).map((one) => one.client_id));
  const drafts = thread.drafts.some((one) => placed.has(one.client_id))
    ? thread.drafts.filter((one) => !placed.has(one.client_id))
    : thread.drafts;
  return { ...thread, messages: [...thread.messages, ...fresh], cursor: Math.max(upTo, thread.cursor), drafts };
}

export const drafted = (thread: Thread, draft: Draft): Thread => ({ ...thread, drafts: [...thread.drafts, draft] });

export const without = (thread: Thread, clientId: string): Thread => ({
  ...thread,
  drafts: thread.drafts.filter((one) => one.client_id !== clientId),
});

export const standing = (thread: Thread, clientId: string, state: Draft["state"], why?: string): Thread => ({
  ...thread,
  drafts: thread.drafts.map((one) => {
    if (one.client_id !== clientId) return one;
    const { why: _, ...rest } = one;
    return why ? { ...rest, state, why } : { ...rest, state };
  }),
});

/** The read marks with a later one put in; they only go forward. */
export function marked(thread: Thread, read: Partial<Read>): Thread {
  const later = { visitor: Math.max(thread.read.visitor, read.visitor ?? 0), staff: Math.max(thread.read.staff, read.staff ?? 0) };
  return later.visitor === thread.read.visitor && later.staff === thread.read.staff ? thread : { ...thread, read: later };
}
