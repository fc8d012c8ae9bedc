/** The figures at the top: what most want to know, beside what it was before. */

import { Icon } from "../../ui/icon";
import { type Counts, DURATION, type VisitCounts, WAITING, answered, classes, middle, number, onePlace, percent, ratings, within } from "./counts";

interface Figure {
  words: string;
  value: string;
  /** How it stands beside the period before; whether that is good, where it is either. */
  beside: string;
  better?: boolean | undefined;
  more?: boolean | undefined;
}

interface Side {
  chats: Counts;
  visits: VisitCounts[];
  days: number;
}

export function Figures({ now, before }: { now: Side; before: Side }) {
  return (
    <ul class="figures">
      {figures(now, before).map(({ words, value, beside, better, more }) => (
        <li class="card figure" key={words}>
          <span class="mute">{words}</span>
          <strong>{value}</strong>
          <span class={`beside ${better === undefined ? "" : better ? "better" : "worse"}`}>
            {more !== undefined && <Icon name={more ? "up" : "down"} size={14} />}
            {beside}
          </span>
        </li>
      ))}
    </ul>
  );
}

const NONE = "–";

function figures(now: Side, before: Side): Figure[] {
  const views = (side: Side) => side.visits.reduce((all, day) => all + day.views, 0);
  const visitors = (side: Side) => side.visits.reduce((all, day) => all + day.visitors, 0) / side.days;
  const messages = ({ chats }: Side) => (chats.chats ? ((chats["messages:visitor"] ?? 0) + (chats["messages:operator"] ?? 0)) / chats.chats : undefined);
  return [
    counted("Chats", now.chats.chats ?? 0, before.chats.chats ?? 0),
    shared("Answered", answered(now.chats), answered(before.chats)),
    classed("Typical wait", "waiting", WAITING, now.chats, before.chats),
    classed("Typical length", "duration", DURATION, now.chats, before.chats),
    meant("Rating", ratings(now.chats).mean, ratings(before.chats).mean, { of: " of 5", good: true }),
    meant("Messages a chat", messages(now), messages(before)),
    counted("Page visits", views(now), views(before)),
    counted("Visitors a day", Math.round(visitors(now)), Math.round(visitors(before))),
  ];
}

/** `of` follows the value; `good` where more is better. */
function meant(words: string, now: number | undefined, before: number | undefined, { of = "", good = false } = {}): Figure {
  return compare(words, now, before, (value) => onePlace(value), of, good);
}

function shared(words: string, now: number | undefined, before: number | undefined): Figure {
  return compare(words, now, before, percent, "", true);
}

function compare(words: string, now: number | undefined, before: number | undefined, shown: (value: number) => string, of: string, good: boolean): Figure {
  const value = now === undefined ? NONE : shown(now) + of;
  if (before === undefined) return { words, value, beside: "none before" };
  if (now === undefined) return { words, value, beside: `${shown(before)} before` };
  if (shown(now) === shown(before)) return { words, value, beside: "as before" };
  const more = now > before;
  return { words, value, beside: `${shown(before)} before`, more, better: good ? more : undefined };
}

function counted(words: string, now: number, before: number): Figure {
  if (!before) return { words, value: number(now), beside: now ? "none before" : "as before" };
  const change = (now - before) / before;
  if (Math.abs(change) < 0.005) return { words, value: number(now), beside: "as before" };
  return { words, value: number(now), beside: `${percent(Math.abs(change))} ${change > 0 ? "more" : "fewer"} than ${number(before)}`, more: change > 0 };
}

function classed(words: string, name: string, ends: string[], now: Counts, before: Counts): Figure {
  const [one, other] = [now, before].map((counts) => middle(classes(counts, name, ends), ends));
  const value = one ? within(one, ends) : NONE;
  if (!other) return { words, value, beside: "none before" };
  const longer = one ? ends.indexOf(one) - ends.indexOf(other) : 0;
  const beside = one === other ? "as before" : `${within(other, ends)} before`;
  return { words, value, beside, more: longer ? longer > 0 : undefined, better: longer && name === "waiting" ? longer < 0 : undefined };
}
