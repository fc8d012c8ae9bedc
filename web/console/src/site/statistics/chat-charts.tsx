/** Charts of the chats: how many, how they were rated, waiting, duration, where from and with what. */

import type { Compared } from "./asking";
import { Bars, Columns } from "./bars";
import { buckets, byWeek, sums } from "./buckets";
import { ChartCard, Legend } from "./chart-card";
import { type Counts, DURATION, WAITING, classes, group, many, middle, number, onePlace, percent, ratings, span, sum, upTo } from "./counts";
import { type Period, today } from "./period";
import { TimeChart } from "./time-chart";

export interface Given {
  data: Compared;
  period: Period;
  earlier: Period;
}

export function ChatCharts({ data, period, earlier }: Given) {
  const [now, before] = [data.now, data.before].map(({ chats, longer }) => sum([...chats, ...longer.chats].map(({ counts }) => counts))) as [Counts, Counts];
  return (
    <section class="charts" aria-labelledby="of-chats">
      <h2 id="of-chats">Chats</h2>
      <ChatsOverTime {...{ data, period, earlier }} />
      <Rated now={now} />
      <Spread title="Waiting for the first reply" name="waiting" ends={WAITING} now={now} before={before} />
      <Spread title="How long chats lasted" name="duration" ends={DURATION} now={now} before={before} />
      <Named title="Countries" column="Country" name="country" counts={now} called={country} />
      <Named title="Browsers" column="Browser" name="browser" counts={now} called={capital} />
    </section>
  );
}

function ChatsOverTime({ data, period, earlier }: Given) {
  const into = buckets(period);
  const by = (days: Compared["now"]["chats"]) => new Map(days.map(({ day, counts }) => [day, counts.chats ?? 0]));
  const values = sums(into, by(data.now.chats));
  const was = sums(buckets(earlier), by(data.before.chats)).slice(-into.length);
  while (was.length < into.length) was.unshift(0); // two years may differ by a day
  const most = values.indexOf(Math.max(...values));
  const total = values.reduce((all, one) => all + one, 0);
  const says = total ? `${many(total, "chat")}, most on ${into[most]?.words}: ${number(values[most] ?? 0)}.` : "No day with five chats or more.";
  const title = byWeek(period) ? "Chats a week" : "Chats a day";
  return (
    <ChartCard title={title} says={says} size="two-thirds" table={{ columns: ["Day", "Chats", "Before"], rows: into.map(({ words }, place) => [words, values[place] ?? 0, was[place] ?? 0]) }}>
      <TimeChart
        label={`${title}. ${says}`}
        buckets={into}
        running={period.last === today()}
        series={[
          { words: "Chats", tone: "bars", values },
          { words: "Before", tone: "earlier", values: was },
        ]}
      />
      <Legend entries={[{ tone: "bars", words: "These days" }, { tone: "earlier", words: "The days before" }]} />
    </ChartCard>
  );
}

function Rated({ now }: { now: Counts }) {
  const { given, mean, scores } = ratings(now);
  const rows = scores.map((value, place) => ({ words: "★".repeat(5 - place), value }));
  const table = { columns: ["Rating", "Chats"], rows: scores.map((value, place): [string, number] => [`${5 - place} of 5`, value]) };
  const says = mean === undefined ? "Nobody has rated a chat in these days." : `${onePlace(mean)} of 5 on average, from ${many(given, "rating")}.`;
  return (
    <ChartCard title="Ratings" says={says} size="third" table={table}>
      <div class="ratings" role="img" aria-label={table.rows.map(([words, value]) => `${words}: ${value}`).join(", ")}>
        <Bars rows={rows} of={Math.max(1, given)} />
      </div>
    </ChartCard>
  );
}

interface SpreadProps {
  title: string;
  name: "waiting" | "duration";
  ends: string[];
  now: Counts;
  before: Counts;
}

function Spread({ title, name, ends, now, before }: SpreadProps) {
  const values = classes(now, name, ends);
  const was = classes(before, name, ends);
  const half = middle(values, ends);
  const none = now["waiting:unanswered"] ?? 0;
  const unanswered = name === "waiting" && none ? ` ${many(none, "chat")} got no reply.` : "";
  const says = (half ? `Half ${name === "waiting" ? "waited" : "lasted"} ${upTo(half, ends)}.` : "No chat to tell from.") + unanswered;
  const rows = ends.map((end, place): [string, number, number] => [upTo(end, ends), values[place] ?? 0, was[place] ?? 0]);
  if (name === "waiting") rows.push(["no reply", none, before["waiting:unanswered"] ?? 0]);
  return (
    <ChartCard title={title} says={says} table={{ columns: ["Time", "Chats", "Before"], rows }}>
      <Columns label={`${title}. ${says}`} rows={ends.map((end, place) => ({ words: span(end), value: values[place] ?? 0, before: was[place] ?? 0 }))} />
      <Legend entries={[{ tone: "bars", words: "Share of these days" }, { tone: "earlier", words: "The days before" }]} />
    </ChartCard>
  );
}

interface NamedProps {
  title: string;
  column: string;
  name: string;
  counts: Counts;
  called: (key: string) => string;
}

function Named({ title, column, name, counts, called }: NamedProps) {
  const rows = group(counts, name).map(([key, value]) => ({ words: key === "other" ? "All others" : called(key), value }));
  const first = rows[0];
  const all = Math.max(1, counts.chats ?? 0);
  const says = first ? `Most chats: ${first.words}, ${percent(first.value / all)}.` : "No chat to tell from.";
  return (
    <ChartCard title={title} says={says} table={{ columns: [column, "Chats"], rows: rows.map(({ words, value }) => [words, value]) }}>
      <Bars rows={rows} of={all} most={6} />
    </ChartCard>
  );
}

const COUNTRY = new Intl.DisplayNames(undefined, { type: "region", fallback: "code" });

function country(code: string): string {
  return /^[A-Z]{2}$/.test(code) ? (COUNTRY.of(code) ?? code) : "Not known";
}

const capital = (name: string): string => (name === "unknown" ? "Not known" : name.charAt(0).toUpperCase() + name.slice(1));
