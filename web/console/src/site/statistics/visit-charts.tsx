/** Charts of the visits to pages: how many, by how many, which pages, from where. */

import { Bars } from "./bars";
import { buckets, byWeek, sums } from "./buckets";
import { ChartCard, Legend } from "./chart-card";
import type { Given } from "./chat-charts";
import { type Counts, type VisitCounts, type VisitDay, largest, many, number, percent, sum } from "./counts";
import { today } from "./period";
import { TimeChart } from "./time-chart";

export function VisitCharts({ data, period }: Given) {
  const { visits, longer } = data.now;
  const every = [...visits, ...longer.visits];
  return (
    <section class="charts" aria-labelledby="of-visits">
      <h2 id="of-visits">Visits</h2>
      <VisitsOverTime {...{ period }} visits={visits} />
      <Most title="Most seen pages" column="Page" visits={every} of="paths" others="all other pages" />
      <Most title="Where they came from" column="Website" visits={every} of="referrers" others="all other websites" />
    </section>
  );
}

function VisitsOverTime({ visits, period }: { visits: VisitDay[]; period: Given["period"] }) {
  const into = buckets(period);
  const by = (of: "views" | "visitors" | "bots") => sums(into, new Map(visits.map((day) => [day.day, day[of]])));
  const [views, visitors, bots] = [by("views"), by("visitors"), by("bots")];
  const total = (values: number[]) => values.reduce((all, one) => all + one, 0);
  const says = total(views) ? `${many(total(views), "page visit")}. ${many(total(bots), "visit")} by robots left out.` : "No day with five visits or more.";
  const title = byWeek(period) ? "Visits a week" : "Visits a day";
  const rows = into.map(({ words }, place): [string, number, number, number] => [words, views[place] ?? 0, visitors[place] ?? 0, bots[place] ?? 0]);
  return (
    <ChartCard title={title} says={says} size="whole" table={{ columns: ["Day", "Page visits", "Visitors, about", "Robots"], rows }}>
      <TimeChart
        label={`${title}. ${says}`}
        buckets={into}
        running={period.last === today()}
        series={[
          { words: "Page visits", tone: "line", values: views },
          { words: "Visitors", tone: "second", values: visitors },
        ]}
      />
      <Legend entries={[{ tone: "line", words: "Page visits" }, { tone: "second", words: "Visitors" }]} />
      <p class="hint">Visitors are estimated for each day by itself: who comes on two days counts on both, because nobody is recognised.</p>
    </ChartCard>
  );
}

interface MostProps {
  title: string;
  column: string;
  visits: VisitCounts[];
  of: "paths" | "referrers";
  /** What the counter of the remaining ones is called. */
  others: string;
}

function Most({ title, column, visits, of, others }: MostProps) {
  const counts: Counts = sum(visits.map((day) => day[of]));
  const rows = largest(counts).map(([key, value]) => ({ words: key === "other" ? others : key, value }));
  const all = rows.reduce((total, { value }) => total + value, 0);
  const first = rows[0];
  const says = first ? (
    <>
      <bdi>{first.words}</bdi> leads with {number(first.value)} of {number(all)} ({percent(first.value / all)}).
    </>
  ) : (
    "Nothing to tell from."
  );
  return (
    <ChartCard title={title} says={says} table={{ columns: [column, "Visits"], rows: rows.map(({ words, value }) => [words, value]) }}>
      <Bars rows={rows} of={Math.max(1, all)} />
    </ChartCard>
  );
}
