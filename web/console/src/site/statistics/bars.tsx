/** Counts of things that have a name, beside each other: the most first, or in the order of their classes. */

import { number, percent } from "./counts";

interface Row {
  words: string;
  value: number;
}

/** Horizontal bars; `of` is what all of them are a share of. */
export function Bars({ rows, of, most = 8 }: { rows: Row[]; of: number; most?: number }) {
  const largest = Math.max(1, ...rows.map(({ value }) => value));
  const rest = rows.length - most;
  if (!rows.length) return <p class="mute none-counted">Nothing was counted.</p>;
  return (
    <>
      <ol class="bars-list">
        {rows.slice(0, most).map(({ words, value }) => (
          <li key={words}>
            <span class="name">
              <bdi>{words}</bdi>
            </span>
            <span class="numbers">
              {number(value)} <small>{percent(value / of)}</small>
            </span>
            <span class="track">
              <span style={{ inlineSize: `${(100 * value) / largest}%` }} />
            </span>
          </li>
        ))}
      </ol>
      {rest > 0 && <p class="hint">and {number(rest)} more in the table</p>}
    </>
  );
}

/** Columns in the order of their classes, each with what it was before. */
export function Columns({ label, rows }: { label: string; rows: (Row & { before: number })[] }) {
  const total = (of: "value" | "before") => Math.max(1, rows.reduce((all, row) => all + row[of], 0));
  const share = { now: total("value"), before: total("before") };
  const largest = Math.max(...rows.flatMap(({ value, before }) => [value / share.now, before / share.before])) || 1;
  const high = (part: number) => `${(100 * part) / largest}%`;
  return (
    <div class="columns" role="img" aria-label={label}>
      {rows.map(({ words, value, before }) => (
        <div key={words} title={`${words}: ${number(value)} chats (${percent(value / share.now)}), before ${percent(before / share.before)}`}>
          <span class="column-of">
            <b class="column" style={{ blockSize: high(value / share.now) }} />
            {before > 0 && <i class="was" style={{ insetBlockEnd: high(before / share.before) }} />}
            {value > 0 && <small style={{ insetBlockEnd: high(Math.max(value / share.now, before / share.before)) }}>{percent(value / share.now)}</small>}
          </span>
          <span class="class">{words.replace("\u00a0", " ")}</span>
        </div>
      ))}
    </div>
  );
}
