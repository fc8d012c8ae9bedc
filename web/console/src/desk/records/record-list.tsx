/** A store's records: newest first in pages, or those of a person. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { get, query } from "../../api";
import { Empty, Failure, Loading } from "../../ui/states";
import type { IconName } from "../../ui/icon";
import type { DeskRecord, Page } from "../model";
import { type Paged, usePaged } from "../paged";
import { More } from "../parts";
import { plural } from "../words";
import { PersonSearch } from "./person-search";

const A_PAGE = 50;

interface RecordListProps<T extends DeskRecord> {
  path: string;
  paged: Paged<T>;
  icon: IconName;
  /** What one is called, and what to do where there is none. */
  one: string;
  many: string;
  none: ComponentChildren;
  to: (record: T) => string;
  children: (record: T) => ComponentChildren;
}

export const useRecords = <T extends DeskRecord>(path: string): Paged<T> => usePaged<T>((place) => get<Page<T>>(query(path, { limit: A_PAGE, next: place })), [path]);

export function RecordList<T extends DeskRecord>({ path, paged, icon, one, many, none, to, children }: RecordListProps<T>) {
  const [found, set] = useState<T[] | null>(null);
  const row = (record: T) => (
    <li key={record.id}>
      <a class="row" href={to(record)}>
        {children(record)}
        <Matched of={record} />
      </a>
    </li>
  );
  return (
    <>
      <PersonSearch<Page<T>> path={`${path}/search`} found={(answer) => set(answer?.items ?? null)} searching={found !== null} />
      <div role="status" class="found-line">
        {found && <p>{found.length ? `${plural(found.length, one, many)} found. What only shares the name is marked as a candidate: judge yourself whether it is the person’s.` : `No ${many} of this person were found.`}</p>}
      </div>
      {found ? (
        found.length > 0 && <ul class="rows">{found.map(row)}</ul>
      ) : (
        <>
          {!paged.items && !paged.problem && <Loading />}
          {paged.items?.length === 0 && (
            <Empty icon={icon} title={`There are no ${many} yet`}>
              {none}
            </Empty>
          )}
          {!!paged.items?.length && <ul class="rows">{paged.items.map(row)}</ul>}
          {paged.problem && <Failure problem={paged.problem} again={paged.items ? paged.more : paged.again} />}
          <More next={paged.next} busy={paged.busy} again={() => void paged.more()} what={many} />
        </>
      )}
    </>
  );
}

function Matched({ of }: { of: DeskRecord }) {
  if (!of.matched) return null;
  if (!of.candidate) return <span class="tag good">Found by {of.matched.join(", ")}</span>;
  const why = of.matched.includes("from") ? "sent from there, for somebody else" : `${of.matched.includes("name") ? "same" : "similar"} name only`;
  return <span class="tag warn">Candidate: {why}</span>;
}
