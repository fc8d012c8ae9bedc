/** Days left, and how urgent that is. The law's days are London's, as the API gives them. */

import type { RightsRequest } from "./model";
import { day } from "../times";
import { OPEN, plural } from "./words";

const LONDON = new Intl.DateTimeFormat("en-CA", { timeZone: "Europe/London", year: "numeric", month: "2-digit", day: "2-digit" });
const SOON = 7;
const VERY_SOON = 2;

/** The day that it is in London: 2026-01-31. */
export const londonDay = (at: string | number = Date.now()): string => LONDON.format(new Date(at));

export type Tone = "" | "good" | "warn" | "bad" | "accent";

export interface Urgency {
  words: string;
  tone: Tone;
  /** What stands behind it, in a sentence. */
  why: string;
}

/** How pressing a request is. */
export function urgency(request: RightsRequest, today = londonDay()): Urgency {
  const { clock, state } = request;
  if (!OPEN.includes(state)) return { words: "Ended", tone: "", why: "" };
  if (state === "candidate") return { words: "To be decided", tone: "warn", why: `It came on ${day(request.received_at)}. If it is a request, its time counts from that day.` };
  if (!clock) {
    const late = request.identity_due !== null && request.identity_due < today;
    return { words: "Clock not started", tone: late ? "warn" : "", why: request.identity_due ? `Proof of identity is due by ${day(request.identity_due)}.` : "" };
  }
  if (clock.paused) return { words: "Clock stopped", tone: "accent", why: "We wait for the person’s answer." };
  const left = clock.days_left;
  const due = `Due on ${day(clock.due)}.`;
  if (left < 0) return { words: `Overdue by ${plural(-left, "day")}`, tone: "bad", why: due };
  if (left === 0) return { words: "Due today", tone: "bad", why: due };
  const words = `${plural(left, "day")} left`;
  if (left <= VERY_SOON) return { words, tone: "bad", why: due };
  if (left <= SOON) return { words, tone: "warn", why: due };
  if (today > clock.target) return { words, tone: "warn", why: `${due} Our own target was ${day(clock.target)}.` };
  return { words, tone: "good", why: `${due} Our own target is ${day(clock.target)}.` };
}
