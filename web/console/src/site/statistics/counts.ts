/** What the counters say: sums, classes, shares. Nothing here stands for anybody (N20). */

export interface ChatDay {
  day: string;
  counts: Record<string, number>;
}

/** What was too few for its day or month: added to a month, 2026-01, or a year, 2026. */
export interface LongerChats {
  period: string;
  counts: Record<string, number>;
}

export interface LongerVisits extends VisitCounts {
  period: string;
}

export interface VisitDay extends VisitCounts {
  day: string;
}

export interface VisitCounts {
  views: number;
  visitors: number;
  bots: number;
  paths: Record<string, number>;
  referrers: Record<string, number>;
}

export type Counts = Record<string, number>;

// The classes of stores/statistics.py: upper ends in seconds, and what is longer.
export const WAITING = ["10", "30", "60", "120", "300", "600", "1800", "3600", "longer"];
export const DURATION = ["60", "120", "300", "600", "1200", "1800", "3600", "7200", "longer"];

const NUMBER = new Intl.NumberFormat();
const ONE_PLACE = new Intl.NumberFormat(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const PERCENT = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 0 });
export const number = (value: number): string => NUMBER.format(value);
export const onePlace = (value: number): string => ONE_PLACE.format(value);
export const percent = (share: number): string => (share > 0 && share < 0.005 ? `<${PERCENT.format(0.01)}` : PERCENT.format(share));
/** A number and its noun. */
export const many = (value: number, one: string, more = `${one}s`): string => `${number(value)} ${value === 1 ? one : more}`;

export function sum(all: Counts[]): Counts {
  const total: Counts = {};
  for (const counts of all) for (const [name, value] of Object.entries(counts)) total[name] = (total[name] ?? 0) + value;
  return total;
}

/** The counters of one group, `country:GB` as `GB`, the largest first. */
export function group(counts: Counts, name: string): [string, number][] {
  const prefix = `${name}:`;
  return largest(Object.fromEntries(Object.entries(counts).flatMap(([key, value]) => (key.startsWith(prefix) ? [[key.slice(prefix.length), value]] : []))));
}

/** Those that count anything, the largest first; equals by name. */
export const largest = (counts: Counts): [string, number][] =>
  Object.entries(counts)
    .filter(([, value]) => value > 0)
    .sort(([a, x], [b, y]) => y - x || a.localeCompare(b));

/** How many fell into each class, in the classes' order. */
export const classes = (counts: Counts, name: string, ends: string[]): number[] => ends.map((end) => counts[`${name}:${end}`] ?? 0);

/** The class that the middle one fell into; undefined where there is none. */
export function middle(values: number[], ends: string[]): string | undefined {
  const half = values.reduce((all, one) => all + one, 0) / 2;
  if (!half) return undefined;
  let passed = 0;
  return ends[values.findIndex((value) => (passed += value) >= half)];
}

/** A class's upper end: 10 s, 5 min, 1 h. */
export function span(end: string): string {
  const seconds = Number(end);
  if (Number.isNaN(seconds)) return "longer";
  if (seconds < 60) return `${seconds}\u00a0s`;
  return seconds < 3600 ? `${seconds / 60}\u00a0min` : `${seconds / 3600}\u00a0h`;
}

/** What falls into a class: up to 10 s, over 1 h. */
export const upTo = (end: string, ends: string[]): string => (end === "longer" ? `over ${span(ends.at(-2) ?? "")}` : `up to ${span(end)}`);

/** The same where there is little room: ≤ 10 s, > 1 h. */
export const within = (end: string, ends: string[]): string => (end === "longer" ? `> ${span(ends.at(-2) ?? "")}` : `≤ ${span(end)}`);

/** The share of chats that somebody answered, of those whose waiting is told; undefined where none is. */
export function answered(counts: Counts): number | undefined {
  const none = counts["waiting:unanswered"] ?? 0;
  const told = classes(counts, "waiting", WAITING).reduce((all, one) => all + one, none);
  return told ? (told - none) / told : undefined;
}

export interface Ratings {
  given: number;
  /** Undefined where nobody gave one. */
  mean: number | undefined;
  /** How many gave 5, 4, 3, 2, 1. */
  scores: number[];
}

export function ratings(counts: Counts): Ratings {
  const scores = [5, 4, 3, 2, 1].map((score) => Math.max(0, counts[`rating:${score}`] ?? 0));
  const given = scores.reduce((all, one) => all + one, 0);
  const points = scores.reduce((all, one, place) => all + one * (5 - place), 0);
  return { given, mean: given ? points / given : undefined, scores };
}
