/** Which days. The choice stands in the address, so that a reload and the way back keep it. */

import { useState } from "preact/hooks";
import { at, go } from "../../route";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
import { Problem } from "../../problem";
import { PRESETS, type Period, fault, today } from "./period";

export function Picker({ chosen, period }: { chosen: string; period: Period }) {
  const [open, show] = useState(chosen === "");
  return (
    <div class="picker">
      <nav class="tabs" aria-label="Period">
        {PRESETS.map(([key, words]) => (
          <a key={key} href={at("site", "statistics", key)} aria-current={!open && chosen === key ? "page" : undefined} onClick={() => show(false)}>
            {words}
          </a>
        ))}
        <button type="button" aria-expanded={open} aria-pressed={open} onClick={() => show(!open)}>
          From … to …
        </button>
      </nav>
      {open && <Days key={`${period.first} ${period.last}`} period={period} />}
    </div>
  );
}

function Days({ period }: { period: Period }) {
  const [first, from] = useState(period.first);
  const [last, to] = useState(period.last);
  const [wrong, say] = useState<string>();
  const problem = wrong === undefined ? undefined : new Problem(400, { detail: wrong, field: "to" });
  return (
    <form
      class="days"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const why = fault(first, last);
        say(why);
        if (!why) go(at("site", "statistics", first, last));
      }}
    >
      <TextField label="From" name="from" type="date" value={first} max={today()} onInput={(event) => from(event.currentTarget.value)} />
      <TextField label="To" name="to" type="date" value={last} max={today()} problem={problem} onInput={(event) => to(event.currentTarget.value)} />
      <Button type="submit">Show these days</Button>
    </form>
  );
}
