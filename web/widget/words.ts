/** The visitor's language: words, times, numbers. */

import type en from "./words/en";

/** The words of a language. `fields`, `what` and `why` stand for what the server says in English: refusals by field, and
 * receipts; English needs none. */
export type Words = { [word in keyof typeof en]: string } & {
  fields?: Record<string, string>;
  what?: Record<string, string>;
  why?: Record<string, [string, string]>;
};

export let W: Words;
let formats = "en";

/** Where the page's own tag is of the language (en-GB), its way of writing dates and numbers is taken. */
export function speak(words: Words, language: string, locale: string) {
  W = words;
  formats = locale.split("-")[0] === language ? locale : language;
}

/** Fills in {0}, {1}. */
export const fill = (sentence: string, ...values: unknown[]) =>
  sentence.replace(/\{(\d)\}/g, (_, index) => String(values[index]));

export const count = (number: number) => number.toLocaleString(formats);

const made: Record<string, Intl.DateTimeFormat> = {}; // making one takes as long as a hundred uses
const format = (at: string | Date, options: Intl.DateTimeFormatOptions) =>
  (made[JSON.stringify(options)] ??= new Intl.DateTimeFormat(formats, options)).format(new Date(at));
const HOUR = { hour: "2-digit", minute: "2-digit" } as const;
const DATE = { day: "numeric", month: "long" } as const;
const isToday = (at: string) => new Date(at).toDateString() === new Date().toDateString();

/** A date. @param at RFC 3339 */
export const day = (at: string) => format(at, { ...DATE, year: "numeric" });

/** A time, with its date where that is not today's. @param at RFC 3339 @param alone without it */
export const clock = (at: string, alone = false) =>
  format(at, { ...HOUR, ...(!alone && !isToday(at) && { day: "numeric", month: "short" }) });

/** "Back on Monday at 09:00", with its date where that is not this week's. @param at RFC 3339, to come */
export function back(at: string) {
  if (isToday(at)) return fill(W.backToday, format(at, HOUR));
  const near = Date.parse(at) - Date.now() < 6 * 86_400_000;
  return fill(W.backOn, format(at, { weekday: "long", ...(!near && DATE) }), format(at, HOUR));
}
