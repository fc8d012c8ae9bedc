/** The list of chats: which of those that are known belong into it, and in what order. Nothing here asks or changes. */

import type { Chat, Message, Scope, Status } from "./model";
import { label } from "./words";

/** When something last happened in it: what the list is ordered by. */
export const active = (chat: Chat): string => {
  const said = chat.last_message?.at ?? chat.opened_at;
  return chat.closed_at && chat.closed_at > said ? chat.closed_at : said;
};

export function within(chat: Chat, status: Status, scope: Scope, me: string): boolean {
  if (chat.status !== status) return false;
  return scope === "all" || (scope === "mine" ? chat.assigned_to === me : chat.assigned_to === null);
}

/** Chats of the tab, newest activity first; those that `wanted` names or says, where it is given. */
export function listed(chats: Iterable<Chat>, status: Status, scope: Scope, me: string, wanted = ""): Chat[] {
  const words = wanted.trim().toLocaleLowerCase();
  return [...chats]
    .filter((chat) => within(chat, status, scope, me) && (!words || spoken(chat).includes(words)))
    .sort((one, two) => (active(two) < active(one) ? -1 : active(two) > active(one) ? 1 : one.chat_id < two.chat_id ? -1 : 1));
}

function spoken(chat: Chat): string {
  const { name, email, phone } = chat.visitor;
  return [label(chat), name, email, phone, chat.last_message?.text, chat.page_url].filter(Boolean).join(" ").toLocaleLowerCase();
}

export const counts = (chats: Iterable<Chat>, me: string): Record<Scope, number> => {
  const open = [...chats].filter((chat) => chat.status === "open");
  return {
    mine: open.filter((chat) => chat.assigned_to === me).length,
    unassigned: open.filter((chat) => chat.assigned_to === null).length,
    all: open.length,
  };
};

/** Whether this operator has to look at it: something unread in a chat that is theirs or nobody's. */
export const calling = (chat: Chat, me: string): boolean =>
  chat.status === "open" && chat.unread > 0 && (chat.assigned_to === null || chat.assigned_to === me);

/** The chat after a message in it was heard. */
export function after(chat: Chat, message: Message): Chat {
  if (message.cursor <= chat.cursor) return chat;
  const next = { ...chat, cursor: message.cursor };
  if (message.by === "note") return next;
  next.message_count += 1;
  next.last_message = { by: message.by, text: message.text, at: message.at };
  next.waiting = message.by === "visitor" && chat.status === "open";
  next.waiting_since = next.waiting ? (chat.waiting_since ?? message.at) : null;
  next.unread = message.by === "visitor" ? chat.unread + 1 : 0;
  return next;
}

/** A chat as a list or a push tells it, with what is known of its visitor from when it was opened. */
export const withKnown = (chat: Chat, known?: Chat): Chat =>
  !known || chat.visitor.email !== undefined ? chat : { ...chat, visitor: { ...known.visitor, ...chat.visitor } };

/** The chat as the server tells it, where somebody here has read up to `seen` before the server knew. */
export const told = (chat: Chat, seen: number): Chat => {
  const unread = Math.max(0, Math.min(chat.unread, chat.cursor - seen));
  return unread === chat.unread ? chat : { ...chat, unread };
};

/** The chat once it has ended. */
export const ended = (chat: Chat, transcript: Chat["transcript"] = chat.transcript): Chat => ({
  ...chat,
  status: "closed",
  closed_at: chat.closed_at ?? new Date().toISOString(),
  waiting: false,
  waiting_since: null,
  transcript,
});
