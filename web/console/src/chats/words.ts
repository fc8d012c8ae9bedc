/** How chats, people and times are called in the list and beside the conversation. */

import type { Chat } from "./model";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const A_DAY = 24 * HOUR;
const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const WEEKDAY = new Intl.DateTimeFormat(undefined, { weekday: "short" });
const DATE = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const LANGUAGES = new Intl.DisplayNames("en", { type: "language" });
const COUNTRIES = new Intl.DisplayNames("en", { type: "region" });
const LINK = /\b(?:https?:\/\/|mailto:)[^\s<>"]+/giu;
const TRAILING = /[.,;:!?'’”)\]}]+$/u;

/** What tells anonymous visitors apart: four signs of the chat's id. */
export const mark = (chat: Chat): string => chat.chat_id.slice(-4).toUpperCase();

/** The visitor's name, else “Visitor” with the mark. */
export const label = (chat: Chat): string => chat.visitor.name ?? `Visitor ${mark(chat)}`;

/** The letter on the round sign beside the name. */
export const initial = (chat: Chat): string => [...(chat.visitor.name ?? "")][0]?.toLocaleUpperCase() ?? "";

export const language = (tag: string): string => named(LANGUAGES, tag);
export const country = (code: string): string => named(COUNTRIES, code);

function named(names: Intl.DisplayNames, code: string): string {
  try {
    return names.of(code) ?? code;
  } catch {
    return code; // not a code that this browser knows
  }
}

/** A moment in a narrow place: 14:05, Tue, 3 Nov. */
export function moment(at: string, now: number): string {
  const then = new Date(at);
  if (then.toDateString() === new Date(now).toDateString()) return TIME.format(then);
  return now - then.getTime() < 6 * A_DAY ? WEEKDAY.format(then) : DATE.format(then);
}

/** How long somebody has been waiting: 5 min, 2 h, 3 days; nothing where it is not yet a minute. */
export function lasting(since: string, now: number): string {
  const passed = Math.max(0, now - Date.parse(since));
  if (passed < MINUTE) return "";
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)} min`;
  if (passed < 2 * A_DAY) return `${Math.floor(passed / HOUR)} h`;
  return `${Math.floor(passed / A_DAY)} days`;
}

/** How many, as people say it: 1 message, 2 messages. */
export const many = (count: number, one: string, more = `${one}s`): string => `${count} ${count === 1 ? one : more}`;

export interface Piece {
  text: string;
  /** Only http, https and mailto: anything else stays text. */
  href?: string;
}

/** A text in pieces, its links apart. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    const words = match[0].replace(TRAILING, "");
    const href = address(words);
    if (!href) continue;
    if (match.index > from) found.push({ text: text.slice(from, match.index) });
    found.push({ text: words, href });
    from = match.index + words.length;
  }
  if (from < text.length) found.push({ text: text.slice(from) });
  return found;
}

/** An address that is safe to lead to, or nothing. */
export function address(words: string): string | undefined {
  try {
    const url = new URL(words);
    return ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}

const TRANSCRIPT: Record<string, string> = {
  none: "Not yet: it is sent when the chat ends",
  no_operator: "Not sent: no operator wrote in the chat",
  no_address: "Not sent: no email address was given",
  queued: "On its way",
  sending: "On its way",
  sent: "Sent",
  failed: "Could not be delivered",
  bounced: "Came back: the address does not take mail",
};

export const transcript = (state: string): string => TRANSCRIPT[state] ?? state;
