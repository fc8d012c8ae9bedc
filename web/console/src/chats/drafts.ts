/** What has been begun and not sent, for each chat: in this page's memory only. */

import { Watched, useWatched } from "../watched";
import type { Kind } from "./thread";

interface Begun {
  kind: Kind;
  messages: string;
  notes: string;
}

const NOTHING: Begun = { kind: "messages", messages: "", notes: "" };
const all = new Watched<ReadonlyMap<string, Begun>>(new Map());

export const useBegun = (chatId: string): Begun => useWatched(all).get(chatId) ?? NOTHING;

export function keep(chatId: string, change: Partial<Begun>): void {
  all.set(new Map(all.value).set(chatId, { ...NOTHING, ...all.value.get(chatId), ...change }));
}

/** Puts a text that was not sent before what has been begun since. */
export function takeBack(chatId: string, kind: Kind, text: string): void {
  const since = all.value.get(chatId)?.[kind];
  keep(chatId, { kind, [kind]: since ? `${text}\n${since}` : text });
}
