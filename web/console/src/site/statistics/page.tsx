/** What was counted in some days, beside the days before. */

import { useMemo } from "preact/hooks";
import { useAsked } from "../../asked";
import { at } from "../../route";
import { Button, useActing } from "../../ui/button";
import { Page } from "../../ui/page";
import { Empty, Failure, Shown } from "../../ui/states";
import { type Compared, compared, download } from "./asking";
import { ChatCharts } from "./chat-charts";
import { many, sum } from "./counts";
import { Figures } from "./figures";
import { type Period, before, length, longer as called, named, today, words } from "./period";
import { Picker } from "./picker";
import { VisitCharts } from "./visit-charts";

export function StatisticsPage({ route }: { route: string[] }) {
  const now = today();
  const { key, period } = useMemo(() => named(route, now), [route.join("/"), now]);
  const earlier = before(key, period);
  const asked = useAsked(() => compared(period, earlier), [period]);
  return (
    <Page title="Statistics" lead="How many come, how long they wait, what they think of it. These are counts and nothing else: no number here stands for anybody, and nobody can be found from them.">
      <Picker chosen={key} period={period} />
      <Shown of={asked} what="Counting">
        {(data) => <Found data={data} period={period} earlier={earlier} stale={asked.loading} />}
      </Shown>
    </Page>
  );
}

function Found({ data, period, earlier, stale }: { data: Compared; period: Period; earlier: Period; stale: boolean }) {
  const acting = useActing();
  const { chats, visits, longer } = data.now;
  const nothing = ![chats, visits, longer.chats, longer.visits].some((found) => found.length);
  const side = (which: "now" | "before", of: Period) => ({
    chats: sum([...data[which].chats, ...data[which].longer.chats].map(({ counts }) => counts)),
    visits: [...data[which].visits, ...data[which].longer.visits],
    days: length(of),
  });
  return (
    <div class="counted" aria-busy={stale}>
      <div class="counted-head">
        <p>
          <strong>{words(period)}</strong> <span class="mute">compared with {words(earlier)}</span>
        </p>
        {!nothing && (
          <div class="acts">
            <Button icon="download" onClick={() => void acting.run(() => download("statistics", period))}>
              Chats, CSV
            </Button>
            <Button icon="download" onClick={() => void acting.run(() => download("visits", period))}>
              Visits, CSV
            </Button>
          </div>
        )}
      </div>
      {acting.problem && <Failure problem={acting.problem} />}
      {nothing ? (
        <Empty icon="chart" title="Nothing was counted in these days">
          <p>
            Chats are counted when they end, visits as soon as a page with the chat on it is opened; fewer than five are not shown. If that is still to come, <a href={at("site", "settings")}>the settings</a> have the
            line to put on your pages.
          </p>
        </Empty>
      ) : (
        <>
          <Figures now={side("now", period)} before={side("before", earlier)} />
          <ChatCharts {...{ data, period, earlier }} />
          <VisitCharts {...{ data, period, earlier }} />
          <Longer of={longer} />
          <p class="hint">
            Days are those of UTC. A chat is counted on the day it began, once it has ended. What is fewer than five on a day is not shown there: it is added to its month, and what is fewer than
            five in a month to its year. A month or a year is counted with its last day, until then with today.
          </p>
        </>
      )}
    </div>
  );
}

/** What was too few to be shown by day, by month and year. */
function Longer({ of: { chats, visits } }: { of: Compared["now"]["longer"] }) {
  const periods = [...new Set([...chats, ...visits].map(({ period }) => period))].sort();
  if (!periods.length) return null;
  const said = (period: string) => {
    const counts = chats.find((one) => one.period === period)?.counts.chats ?? 0;
    const views = visits.find((one) => one.period === period)?.views ?? 0;
    return [counts && many(counts, "chat"), views && many(views, "page visit")].filter(Boolean).join(", ") || "details of days shown above";
  };
  return (
    <section class="card" aria-label="Added to months and years">
      <p>Of days and months with fewer than five, and part of the figures above:</p>
      <ul>
        {periods.map((period) => (
          <li key={period}>
            {called(period)}: {said(period)}
          </li>
        ))}
      </ul>
    </section>
  );
}
