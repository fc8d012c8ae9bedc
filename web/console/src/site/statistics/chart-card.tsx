/** A chart in its frame: what it says in a sentence, and the table that holds the same numbers. */

import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { Icon } from "../../ui/icon";

export interface Table {
  columns: string[];
  /** The first cell of a row is what it is about. */
  rows: [string, ...(string | number)[]][];
}

interface ChartCardProps {
  title: string;
  /** What the chart says. */
  says: ComponentChildren;
  table: Table;
  /** How much of the row it takes. */
  size?: "half" | "third" | "two-thirds" | "whole";
  children: ComponentChildren;
}

export function ChartCard({ title, says, table, size = "half", children }: ChartCardProps) {
  const id = useId();
  const [asTable, show] = useState(false);
  return (
    <section class={`card chart-card ${size}`} aria-labelledby={id}>
      <header>
        <h3 id={id}>{title}</h3>
        <button type="button" class="chart-toggle" aria-pressed={asTable} onClick={() => show(!asTable)}>
          <Icon name="register" size={15} />
          Table<span class="unseen"> of {title}</span>
        </button>
      </header>
      <p class="says">{says}</p>
      {asTable ? <Numbers title={title} table={table} /> : children}
    </section>
  );
}

function Numbers({ title, table: { columns, rows } }: { title: string; table: Table }) {
  return (
    <div class="table chart-table" role="region" aria-label={`${title}, table`} tabIndex={0}>
      <table>
        <caption class="unseen">{title}</caption>
        <thead>
          <tr>
            {columns.map((column, place) => (
              <th scope="col" key={column} class={place ? "number" : ""}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([about, ...cells], row) => (
            <tr key={row}>
              <th scope="row">
                <bdi>{about}</bdi>
              </th>
              {cells.map((cell, place) => (
                <td class="number" key={place}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What each mark of a chart stands for; `tone` names its colour and form. */
export function Legend({ entries }: { entries: { tone: Tone; words: string }[] }) {
  return (
    <ul class="legend" aria-hidden="true">
      {entries.map(({ tone, words }) => (
        <li key={words}>
          <i class={`key ${tone}`} />
          {words}
        </li>
      ))}
    </ul>
  );
}

export type Tone = "bars" | "line" | "second" | "earlier";
