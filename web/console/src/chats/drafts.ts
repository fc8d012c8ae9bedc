/** What has been begun and not sent, for each chat: in this page's memory only. */

import type { Kind } from "./thread";

interface Begun {
  kind: Kind;
  messages: string;
  notes: string;
}

const all = new Map<string, Begun>();

export const begun = (chatId: string): Begun => all.get(chatId) ?? { kind: "messages", messages: "", notes: "" };

export function keep(chatId: string, change: Partial<Begun>): Begun {
  const next = { ...begun(chatId), ...change };
  all.set(chatId, next);
  return next;
}
