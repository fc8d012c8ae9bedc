/** Small parts that the desk's pages share. */

import type { ComponentChildren } from "preact";
import { Button } from "../ui/button";
import { urgency } from "./days";
import type { Person, RightsRequest } from "./model";
import { OPEN, STATES } from "./words";

/** Who it is about, in one line, as far as known. */
export function Who({ of }: { of: Person }) {
  const [first, ...rest] = [of.name, of.email, of.phone].filter((one) => one !== null && one !== undefined);
  if (!first) return <span class="mute">Nobody is named</span>;
  return (
    <span class="who">
      <bdi>{first}</bdi>
      {rest.map((one) => (
        <bdi key={one} class="mute small">
          {one}
        </bdi>
      ))}
    </span>
  );
}

export function DaysLeft({ of }: { of: RightsRequest }) {
  const { words, tone, why } = urgency(of);
  return (
    <span class={`tag ${tone}`} title={why || undefined}>
      {words}
    </span>
  );
}

export function StateTag({ of }: { of: RightsRequest }) {
  const tone = of.progress.failed && OPEN.includes(of.state) ? "bad" : of.state === "closed" ? "good" : of.state === "candidate" ? "warn" : "";
  return <span class={`tag ${tone}`}>{tone === "bad" ? "Needs attention" : STATES[of.state]}</span>;
}

/** A list of facts; what is null or empty is left out. */
export function Facts({ of }: { of: [string, ComponentChildren][] }) {
  const given = of.filter(([, value]) => value !== null && value !== undefined && value !== "" && value !== false);
  return (
    <dl class="facts">
      {given.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A text that a person wrote: its own direction, its line breaks. */
export function Words({ children }: { children: string }) {
  return (
    <p class="words" dir="auto">
      {children}
    </p>
  );
}

export function More({ next, busy, again, what }: { next: string | null; busy: boolean; again: () => void; what: string }) {
  if (!next) return null;
  return (
    <div class="more">
      <Button busy={busy} onClick={again}>
        {busy ? "Loading …" : `Show more ${what}`}
      </Button>
    </div>
  );
}
