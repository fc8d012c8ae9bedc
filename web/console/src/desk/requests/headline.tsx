/** The numbers above the list: what is open, and how the last year's were answered. */

import type { ComponentChildren } from "preact";
import { get, query } from "../../api";
import { useAsked } from "../../asked";
import { londonDay } from "../days";
import type { Numbers } from "../model";
import { plural } from "../words";

const A_YEAR_MS = 365 * 24 * 3_600_000;

export function Headline() {
  const asked = useAsked(() => get<Numbers>(query("/v1/desk/numbers", { from: londonDay(Date.now() - A_YEAR_MS), to: londonDay() })), []);
  const numbers = asked.data;
  const open = numbers && Object.values(numbers.open).reduce((sum, one) => sum + one, 0);
  const ended = numbers && Object.values(numbers.ended).reduce((sum, one) => sum + one, 0);
  const unknown = asked.loading ? "…" : "–";
  return (
    <dl class="headline" aria-busy={asked.loading}>
      <Figure name="Open" value={open ?? unknown} note={numbers && numbers.open.candidate ? `${numbers.open.candidate} to be decided` : ""} />
      <Figure name="Overdue" value={numbers?.overdue ?? unknown} bad={!!numbers?.overdue} note={numbers?.overdue === 0 ? "none" : ""} />
      <Figure name="Answered on time" value={numbers && numbers.on_time_percent !== null ? `${numbers.on_time_percent} %` : unknown} note="in the last year" />
      <Figure name="Days to the answer" value={numbers?.median_days ?? unknown} note={ended === undefined ? "" : ended ? `the middle of ${plural(ended, "ended request")}` : "no request has ended yet"} />
    </dl>
  );
}

function Figure({ name, value, note, bad = false }: { name: string; value: ComponentChildren; note?: string | undefined | 0; bad?: boolean }) {
  return (
    <div class={bad ? "bad" : ""}>
      <dt>{name}</dt>
      <dd>
        <strong class="numbers">{value}</strong>
        {note && <span class="mute small">{note}</span>}
      </dd>
    </div>
  );
}
