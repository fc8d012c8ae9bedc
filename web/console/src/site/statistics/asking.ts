/** The counters of a period, and of the one before it. */

import { call, get, query, whole } from "../../api";
import type { ChatDay, LongerChats, LongerVisits, VisitDay } from "./counts";
import { MOST_DAYS, type Period, ends, length, plus } from "./period";

export interface Counted {
  chats: ChatDay[];
  visits: VisitDay[];
  /** Of months and years, what was too few for a day or a month. */
  longer: { chats: LongerChats[]; visits: LongerVisits[] };
}

export interface Compared {
  now: Counted;
  before: Counted;
}

const asked = ({ first, last }: Period) => ({ from: first, to: last });

async function counted(period: Period): Promise<Counted> {
  const [chats, visits] = await Promise.all([
    whole<{ days: ChatDay[]; longer: LongerChats[] }>((next) => get(query("/v1/account/statistics", { ...asked(period), next }))),
    whole<{ days: VisitDay[]; longer: LongerVisits[] }>((next) => get(query("/v1/account/visits", { ...asked(period), next }))),
  ]);
  return { chats: chats.days, visits: visits.days, longer: { chats: chats.longer, visits: visits.longer } };
}

/** Asks for both at once where they lie beside each other and are no more than the API answers for. */
export async function compared(period: Period, earlier: Period): Promise<Compared> {
  const both = { first: earlier.first, last: period.last };
  if (plus(earlier.last, 1) === period.first && length(both) <= MOST_DAYS) {
    const { chats, visits, longer } = await counted(both);
    const part = (within: (day: string) => boolean): Counted => ({
      chats: chats.filter(({ day }) => within(day)),
      visits: visits.filter(({ day }) => within(day)),
      longer: { chats: longer.chats.filter((one) => within(ends(one.period))), visits: longer.visits.filter((one) => within(ends(one.period))) },
    });
    return { now: part((day) => day >= period.first), before: part((day) => day < period.first) };
  }
  const [now, before] = await Promise.all([counted(period), counted(earlier)]);
  return { now, before };
}

/** Hands the browser a CSV file of the period's days. */
export async function download(what: "statistics" | "visits", period: Period): Promise<void> {
  const path = query(`/v1/account/${what}`, { ...asked(period), format: "csv" });
  const text = await call<string>("GET", path, undefined, { as: "text" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  link.download = `${what === "statistics" ? "chats" : "visits"}-${period.first}-${period.last}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}

