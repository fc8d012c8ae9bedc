/** The settings of a site as they are saved, and as somebody is changing them. */

import type { Problem } from "../../problem";

export const DAYS = [
  ["mon", "Monday"],
  ["tue", "Tuesday"],
  ["wed", "Wednesday"],
  ["thu", "Thursday"],
  ["fri", "Friday"],
  ["sat", "Saturday"],
  ["sun", "Sunday"],
] as const;
export type Weekday = (typeof DAYS)[number][0];

/** From and to, as 09:00. */
export type Span = [string, string];

export interface Hours {
  timezone: string;
  days: Partial<Record<Weekday, Span[]>>;
}

export interface Texts {
  welcome?: string | null;
  away?: string | null;
}

export interface Settings {
  name: string;
  origins: string[];
  policy_url: string | null;
  /** Who answers for the site's chats; the site's name where null. */
  controller_name: string | null;
  controller_address: string | null;
  /** An email address or a page. */
  controller_contact: string | null;
  language: string;
  /** Null: all that there are. */
  languages: string[] | null;
  colour: string | null;
  region: string;
  /** Null: the notice's. */
  period: string | null;
  texts: Record<string, Texts>;
  opening_hours: Hours | null;
  /** Where data-protection requests go if the website answers them itself; null: we answer for it. */
  requests_contact: string | null;
}

export interface Site extends Settings {
  site_id: string;
  snippet: string;
}

/** The languages that the widget speaks. */
export const LANGUAGES: Record<string, string> = { en: "English", fr: "Français", de: "Deutsch", es: "Español", ar: "العربية" };
export const COLOUR = "#0f5c58";
export const TEXT_LENGTH = 300;

/** The settings, with what they are called where something has not been saved. */
const WORDS: Record<keyof Settings, string> = {
  name: "name",
  colour: "colour",
  origins: "websites",
  languages: "languages",
  language: "default language",
  texts: "texts",
  opening_hours: "opening hours",
  policy_url: "privacy policy",
  controller_name: "who answers for the chats",
  controller_address: "postal address",
  controller_contact: "contact",
  period: "period",
  requests_contact: "who answers data-protection requests",
  region: "phone region",
};

/** The same settings in one form: no blank line, no spaces around, null where nothing is said. */
function plain(settings: Settings): Settings {
  const texts = Object.entries(settings.texts)
    .map(([language, { welcome, away }]): [string, Texts] => [language, { ...(welcome?.trim() && { welcome: welcome.trim() }), ...(away?.trim() && { away: away.trim() }) }])
    .filter(([, said]) => Object.keys(said).length);
  const hours = settings.opening_hours;
  return {
    ...settings,
    name: settings.name.trim(),
    origins: settings.origins.map((one) => one.trim()).filter(Boolean),
    policy_url: settings.policy_url?.trim() || null,
    requests_contact: settings.requests_contact?.trim() || null,
    controller_name: settings.controller_name?.trim() || null,
    controller_address: settings.controller_address?.trim() || null,
    controller_contact: settings.controller_contact?.trim() || null,
    colour: settings.colour?.trim() || null,
    texts: Object.fromEntries(texts.sort(([a], [b]) => a.localeCompare(b))),
    opening_hours: hours && { timezone: hours.timezone, days: Object.fromEntries(DAYS.flatMap(([day]) => (hours.days[day]?.length ? [[day, sorted(hours.days[day])]] : []))) },
  };
}

/** Only what differs from what is saved. */
export function changes(saved: Settings, draft: Settings): Partial<Settings> {
  const [before, after] = [plain(saved), plain(draft)];
  const names = (Object.keys(WORDS) as (keyof Settings)[]).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  return Object.fromEntries(names.map((name) => [name, after[name]]));
}

export const inWords = (changed: Partial<Settings>): string => new Intl.ListFormat("en").format(Object.keys(changed).map((name) => WORDS[name as keyof Settings]));

/** What is wrong with `field` or with a part of it, as `origins[1]` is of `origins`. */
export function wrongWith(problem: Problem | undefined, field: string): string | undefined {
  const named = problem?.field ?? "";
  return named === field || named.startsWith(`${field}.`) || named.startsWith(`${field}[`) ? problem?.message : undefined;
}

const ENDED = "24:00";
/** The end of a day, which a field for times calls its beginning. */
export const shownEnd = (time: string): string => (time === ENDED ? "00:00" : time);
export const end = (time: string): string => (time === "00:00" ? ENDED : time);

const sorted = (spans: Span[] = []): Span[] => spans.toSorted(([a], [b]) => a.localeCompare(b));

/** Whether spans are empty, end before they begin, or lie over each other. */
export const muddled = (spans: Span[]): boolean => sorted(spans).some(([from, to], place, all) => !from || !to || from >= to || from < (all[place - 1]?.[1] ?? ""));

export interface Part {
  draft: Settings;
  set: (changed: Partial<Settings>) => void;
  problem: Problem | undefined;
}
