/** Name and colour. */

import { Icon } from "../../ui/icon";
import { TextField } from "../../ui/field";
import { Card } from "../../ui/page";
import { contrast, inkOn, isColour } from "./colour";
import { COLOUR, type Part } from "./draft";

const [PAGE_LIGHT, PAGE_DARK] = ["#ffffff", "#151b1b"];
const SWATCHES = [COLOUR, "#1d4ed8", "#6d28d9", "#be185d", "#b45309", "#374151"];
// What is no text needs 3 to 1 to be seen (WCAG 1.4.11).
const SEEN = 3;

export function Look({ draft, set, problem }: Part) {
  return (
    <Card title="Name and colour">
      <TextField label="Name" name="name" hint="Visitors read it at the top of the chat." value={draft.name} required maxLength={200} dir="auto" problem={problem} onInput={(event) => set({ name: event.currentTarget.value })} />
      <div class="colour">
        <input type="color" aria-label="Choose the colour" value={isColour(draft.colour) ? draft.colour : COLOUR} onInput={(event) => set({ colour: event.currentTarget.value })} />
        <TextField label="Colour" name="colour" value={draft.colour ?? ""} placeholder={COLOUR} spellcheck={false} problem={problem} onInput={(event) => set({ colour: event.currentTarget.value })} />
        <div class="swatches" role="group" aria-label="Colours that go well">
          {SWATCHES.map((one) => (
            <button key={one} type="button" aria-label={one} aria-pressed={one === draft.colour} style={{ background: one, color: inkOn(one) }} onClick={() => set({ colour: one })}>
              {one === draft.colour && <Icon name="tick" size={16} />}
            </button>
          ))}
        </div>
      </div>
      <div aria-live="polite">{isColour(draft.colour) ? <Contrasts colour={draft.colour} /> : <p class="hint">Left blank, the chat has colours of its own, on light and on dark pages.</p>}</div>
    </Card>
  );
}

function Contrasts({ colour }: { colour: string }) {
  const pale = contrast(colour, PAGE_DARK) < SEEN;
  const ink = inkOn(colour);
  const rows: [string, number, number][] = [
    [`${ink === "#ffffff" ? "White" : "Black"} text on it`, contrast(colour, ink), 4.5],
    ["The button on a light page", contrast(colour, PAGE_LIGHT), SEEN],
    ["The button on a dark page", contrast(colour, PAGE_DARK), SEEN],
  ];
  return (
    <>
    <ul class="contrasts">
      {rows.map(([words, value, enough]) => (
        <li key={words}>
          <span>{words}</span>
          <span class="numbers">{(Math.floor(value * 10) / 10).toFixed(1)} : 1</span>
          <span class={`tag ${value >= enough ? "good" : "warn"}`}>{value >= enough ? "easy to see" : "hard to see"}</span>
        </li>
      ))}
    </ul>
    {pale && (
      <p class="hint">
        Dark pages may have a lighter colour: add <code>data-colour-dark="#…"</code> to the line above.
      </p>
    )}
    </>
  );
}
