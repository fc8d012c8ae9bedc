/** When the chat is open, by weekday. */

import { useState } from "preact/hooks";
import { Button, IconButton } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { CheckField, SelectField } from "../../ui/field";
import { Card } from "../../ui/page";
import { DAYS, type Hours, type Part, type Span, type Weekday, end, muddled, shownEnd, wrongWith } from "./draft";

const USUAL: Span = ["09:00", "17:00"];
const AFTERNOON: Span = ["13:00", "17:00"];
const here = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
const ZONES = [...new Set([...Intl.supportedValuesOf("timeZone"), "UTC"])];

const usual = (): Hours => ({ timezone: here(), days: Object.fromEntries(DAYS.slice(0, 5).map(([day]) => [day, [USUAL]])) });

export function OpeningHours({ draft, set, problem }: Part) {
  const hours = draft.opening_hours;
  const [from, copy] = useState<Weekday>();
  // The refusal does not say which day: those are marked that cannot be right.
  const wrong = wrongWith(problem, "opening_hours");
  const muddle = (day: Weekday) => (wrong && muddled(hours?.days[day] ?? []) ? wrong : undefined);
  const change = (day: Weekday, spans: Span[]) => hours && set({ opening_hours: { ...hours, days: { ...hours.days, [day]: spans } } });
  return (
    <Card title="Opening hours">
      <fieldset class="choices">
        <legend class="unseen">When the chat is open</legend>
        <Choice words="Whenever an operator is present" chosen={!hours} choose={() => set({ opening_hours: null })} />
        <Choice words="Only within these hours, and only while an operator is present" chosen={!!hours} choose={() => set({ opening_hours: hours ?? usual() })} />
      </fieldset>
      {hours && (
        <>
          <ul class="hours">
            {DAYS.map(([day, words]) => (
              <li key={day}>
                <Day day={day} words={words} spans={hours.days[day] ?? []} wrong={muddle(day)} set={(spans) => change(day, spans)} copy={() => copy(day)} />
              </li>
            ))}
          </ul>
          <SelectField
            label="Time zone"
            name="opening_hours.timezone"
            options={(ZONES.includes(hours.timezone) ? ZONES : [hours.timezone, ...ZONES]).map((zone) => [zone, zone.replaceAll("_", " ")])}
            value={hours.timezone}
            problem={problem}
            onChange={(event) => set({ opening_hours: { ...hours, timezone: event.currentTarget.value } })}
          />
          {wrong && !DAYS.some(([day]) => muddle(day)) && <p class="wrong">{wrong}</p>}
          {from && <CopyTo hours={hours} from={from} set={(days) => set({ opening_hours: { ...hours, days } })} close={() => copy(undefined)} />}
        </>
      )}
    </Card>
  );
}

function Choice({ words, chosen, choose }: { words: string; chosen: boolean; choose: () => void }) {
  return (
    <label class="check">
      <input type="radio" name="hours" checked={chosen} onChange={choose} />
      <span>{words}</span>
    </label>
  );
}

interface DayProps {
  day: Weekday;
  words: string;
  spans: Span[];
  wrong: string | undefined;
  set: (spans: Span[]) => void;
  copy: () => void;
}

function Day({ day, words, spans, wrong, set, copy }: DayProps) {
  const id = `hours-${day}`;
  const change = (place: number, end: 0 | 1, time: string) => set(spans.map((span, at) => (at === place ? (end ? [span[0], time] : [time, span[1]]) : span)));
  return (
    <div class="weekday" role="group" aria-labelledby={id}>
      <span class="day-name" id={id}>
        {words}
      </span>
      <div class="spans">
        {!spans.length && <span class="mute closed">Closed</span>}
        {spans.map(([from, to], place) => (
          <div class="span" key={place}>
            <input type="time" aria-label={`${words}, from`} aria-invalid={wrong ? true : undefined} aria-describedby={wrong ? `${id}-wrong` : undefined} value={from} onInput={(event) => change(place, 0, event.currentTarget.value)} />
            <span aria-hidden="true">–</span>
            <input type="time" aria-label={`${words}, to`} aria-invalid={wrong ? true : undefined} aria-describedby={wrong ? `${id}-wrong` : undefined} value={shownEnd(to)} onInput={(event) => change(place, 1, end(event.currentTarget.value))} />
            <IconButton icon="close" label={`Remove ${words}, ${from} to ${to}`} onClick={() => set(spans.toSpliced(place, 1))} />
          </div>
        ))}
        {wrong && (
          <p class="wrong" id={`${id}-wrong`}>
            {wrong}
          </p>
        )}
      </div>
      <div class="day-acts">
        <IconButton icon="plus" label={`Add hours on ${words}`} onClick={() => set([...spans, spans.length ? AFTERNOON : USUAL])} />
        <IconButton icon="copy" label={`Copy ${words} to other days`} onClick={copy} />
      </div>
    </div>
  );
}

function CopyTo({ hours, from, set, close }: { hours: Hours; from: Weekday; set: (days: Hours["days"]) => void; close: () => void }) {
  const words = DAYS.find(([day]) => day === from)?.[1] ?? from;
  const [to, choose] = useState<Weekday[]>(DAYS.slice(0, 5).map(([day]) => day).filter((day) => day !== from));
  return (
    <Dialog title={`Copy ${words} to`} close={close}>
      <div class="dialog-body">
        {DAYS.filter(([day]) => day !== from).map(([day, name]) => (
          <CheckField key={day} name={day} label={name} checked={to.includes(day)} onChange={(event) => choose(event.currentTarget.checked ? [...to, day] : to.filter((one) => one !== day))} />
        ))}
      </div>
      <footer>
        <Button onClick={close}>Cancel</Button>
        <Button
          kind="primary"
          onClick={() => {
            set({ ...hours.days, ...Object.fromEntries(to.map((day) => [day, hours.days[from] ?? []])) });
            close();
          }}
        >
          Copy
        </Button>
      </footer>
    </Dialog>
  );
}
