/** The figures at the top: what most want to know, beside what it was before. */

import { Icon } from "../../ui/icon";
import { type Counts, DURATION, type VisitDay, WAITING, answered, classes, middle, number, onePlace, percent, ratings, upTo } from "./counts";

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
  visits: VisitDay[];
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
  const replied = ({ chats }: Side) => (chats.chats ? answered(chats) / chats.chats : undefined);
  return [
    counted("Chats", now.chats.chats ?? 0, before.chats.chats ?? 0),
    shared("Answered", replied(now), replied(before)),
    classed("Half waited", "waiting", WAITING, now.chats, before.chats),
    classed("Half lasted", "duration", DURATION, now.chats, before.chats),
    rated(now.chats, before.chats),
    counted("Page visits", views(now), views(before)),
    counted("Visitors a day", Math.round(visitors(now)), Math.round(visitors(before))),
  ];
}

function counted(words: string, now: number, before: number): Figure {
  if (!before) return { words, value: number(now), beside: now ? "none before" : "as before" };
  const change = (now - before) / before;
  const beside = `${Math.abs(change) < 0.005 ? "as many" : `${percent(Math.abs(change))} ${change > 0 ? "more" : "fewer"}`} (${number(before)} before)`;
  return { words, value: number(now), beside, more: Math.abs(change) < 0.005 ? undefined : change > 0 };
}

function shared(words: string, now: number | undefined, before: number | undefined): Figure {
  const value = now === undefined ? NONE : percent(now);
  if (now === undefined || before === undefined) return { words, value, beside: before === undefined ? "none before" : `${percent(before)} before` };
  const same = percent(now) === percent(before);
  return { words, value, beside: same ? "as before" : `${percent(before)} before`, better: same ? undefined : now > before, more: same ? undefined : now > before };
}

function classed(words: string, name: string, ends: string[], now: Counts, before: Counts): Figure {
  const [one, other] = [now, before].map((counts) => middle(classes(counts, name, ends), ends));
  const value = one ? upTo(one, ends) : NONE;
  if (!one || !other) return { words, value, beside: other ? `${upTo(other, ends)} before` : "none before" };
  const longer = ends.indexOf(one) - ends.indexOf(other);
  const beside = longer ? `${upTo(other, ends)} before` : "as before";
  return { words, value, beside, more: longer ? longer > 0 : undefined, better: longer && name === "waiting" ? longer < 0 : undefined };
}

function rated(now: Counts, before: Counts): Figure {
  const [one, other] = [ratings(now), ratings(before)];
  const value = one.mean === undefined ? NONE : `${onePlace(one.mean)} of 5`;
  if (one.mean === undefined || other.mean === undefined) return { words: "Rating", value, beside: other.mean === undefined ? "none before" : `${onePlace(other.mean)} before` };
  const same = onePlace(one.mean) === onePlace(other.mean);
  const more = same ? undefined : one.mean > other.mean;
  return { words: "Rating", value, beside: same ? "as before" : `${onePlace(other.mean)} before`, more, better: more };
}
