/** The websites that may carry the chat, each by its origin. */

import { useRef } from "preact/hooks";
import { Problem } from "../../problem";
import { Button, IconButton } from "../../ui/button";
import { TextField } from "../../ui/field";
import { Card } from "../../ui/page";
import { type Part, wrongWith } from "./draft";

export function Origins({ draft: { origins }, set, problem }: Part) {
  const list = useRef<HTMLUListElement>(null);
  const change = (place: number, ...by: string[]) => set({ origins: origins.toSpliced(place, 1, ...by) });
  // A refusal that does not say which one stands at those that are not written as browsers write them, else at all.
  const wrong = wrongWith(problem, "origins");
  const oneNamed = /\[\d+\]/.test(problem?.field ?? "");
  const suspects = origins.map((one) => suggestion(one) !== undefined || !exact(one));
  const isWrong = (place: number) => (oneNamed ? problem?.field === `origins[${place}]` : !suspects.includes(true) || suspects[place]);
  return (
    <Card title="Websites">
      <p class="hint">
        Only pages of these websites may show the chat. Write each as the browser sees it: <code>https://</code>, the host, and the port where there is one. No path, no <code>/</code> at
        the end; <code>https://shop.example</code> and <code>https://www.shop.example</code> are two.
      </p>
      <ul class="origins" ref={list}>
        {origins.map((one, place) => (
          <li key={place}>
            <TextField
              label={`Website ${place + 1}`}
              hidden
              name={`origins[${place}]`}
              type="text"
              inputMode="url"
              autocapitalize="none"
              spellcheck={false}
              placeholder="https://www.shop.example"
              value={one}
              problem={wrong && isWrong(place) ? new Problem(422, { detail: wrong, field: `origins[${place}]` }) : undefined}
              onInput={(event) => change(place, event.currentTarget.value)}
            />
            <IconButton icon="trash" label={`Remove website ${place + 1}`} onClick={() => change(place)} />
            <Suggested one={one} take={(better) => change(place, better)} />
          </li>
        ))}
      </ul>
      {wrong && !origins.length && <p class="wrong">{wrong}</p>}
      <div>
        <Button
          icon="plus"
          onClick={() => {
            set({ origins: [...origins, ""] });
            requestAnimationFrame(() => list.current?.querySelector<HTMLElement>("li:last-child input")?.focus());
          }}
        >
          Add a website
        </Button>
      </div>
    </Card>
  );
}

function Suggested({ one, take }: { one: string; take: (better: string) => void }) {
  const better = suggestion(one);
  if (!better) return null;
  return (
    <p class="suggested">
      Browsers call it <code>{better}</code>.
      <Button kind="quiet" onClick={() => take(better)}>
        Use that
      </Button>
    </p>
  );
}

const exact = (text: string): boolean => {
  try {
    return new URL(text.trim()).origin === text.trim();
  } catch {
    return text.trim() === "";
  }
};

/** The origin of an address that is more than one, or lacks its beginning. */
function suggestion(text: string): string | undefined {
  const given = text.trim();
  const address = /^https?:\/\//i.test(given) ? given : /^[\w-]+(\.[\w-]+)+/.test(given) ? `https://${given}` : "";
  try {
    const { origin } = new URL(address);
    return origin === given || origin === "null" ? undefined : origin;
  } catch {
    return undefined;
  }
}
