/** All requests: what is due first, first; and those that have ended. */

import { useEffect, useState } from "preact/hooks";
import { get, query } from "../../api";
import { useAsked } from "../../asked";
import { at, go } from "../../route";
import { day } from "../../times";
import { Button } from "../../ui/button";
import { SelectField, TextField } from "../../ui/field";
import { Page } from "../../ui/page";
import { Empty, Failure, Loading, Shown } from "../../ui/states";
import type { Listed, RightsRequest } from "../model";
import { usePaged } from "../paged";
import { DaysLeft, More, StateTag, Who } from "../parts";
import { CHANNELS, OPEN, STATES, TYPES, plural, typeName } from "../words";
import { Candidates } from "./candidate";
import { Headline } from "./headline";

const A_PAGE = 50;

interface Filter {
  type: string;
  state: string;
  words: string;
}

export function RequestList() {
  const [which, show] = useState<"open" | "spam" | "all">("open");
  const ended = which === "all";
  const [filter, setFilter] = useState<Filter>({ type: "", state: "", words: "" });
  return (
    <Page
      title="Requests"
      lead="What people have asked about their data. What is due first stands first."
      acts={
        <Button kind="primary" icon="plus" onClick={() => go(at("desk", "requests", "new"))}>
          Take in a request
        </Button>
      }
    >
      <Headline />
      <div class="list-head">
        <div class="tabs" role="group" aria-label="Which requests">
          <button type="button" aria-pressed={which === "open"} onClick={() => show("open")}>
            Open
          </button>
          <button type="button" aria-pressed={which === "spam"} onClick={() => show("spam")}>
            Taken for spam
          </button>
          <button type="button" aria-pressed={ended} onClick={() => show("all")}>
            All, newest first
          </button>
        </div>
        <Filters filter={filter} set={setFilter} ended={ended} />
      </div>
      {ended ? <All filter={filter} /> : <Open key={which} filter={filter} spam={which === "spam"} />}
    </Page>
  );
}

function Filters({ filter, set, ended }: { filter: Filter; set: (filter: Filter) => void; ended: boolean }) {
  const states = Object.entries(STATES).filter(([state]) => ended || OPEN.includes(state as RightsRequest["state"]));
  return (
    <div class="filters" role="search" aria-label="Filter">
      <SelectField hidden label="Type" name="type" value={filter.type} options={[["", "All types"], ...Object.entries(TYPES).map(([key, { name }]): [string, string] => [key, name])]} onChange={(event) => set({ ...filter, type: event.currentTarget.value })} />
      <SelectField hidden label="State" name="state" value={filter.state} options={[["", "All states"], ...states]} onChange={(event) => set({ ...filter, state: event.currentTarget.value })} />
      <TextField hidden label="Reference, name or address" name="words" type="search" placeholder="Reference, name or address" value={filter.words} onInput={(event) => set({ ...filter, words: event.currentTarget.value })} />
    </div>
  );
}

/** Nothing of what is looked for leaves the page. */
function fits(request: RightsRequest, { type, state, words }: Filter): boolean {
  const wanted = words.trim().toLowerCase();
  const text = [request.reference, request.name, request.email, request.phone].join(" ").toLowerCase();
  return (!type || request.type === type) && (!state || request.state === state) && (!wanted || text.includes(wanted));
}

/** Page after page: the first holds them all, unless they are many. */
async function allOf(state: "open" | "spam"): Promise<Listed> {
  const requests: RightsRequest[] = [];
  let next: string | null = null;
  do {
    const page: Listed = await get<Listed>(query("/v1/desk/requests", { state, next }));
    requests.push(...page.requests);
    next = page.next;
  } while (next);
  return { requests, next };
}

function Open({ filter, spam }: { filter: Filter; spam: boolean }) {
  const asked = useAsked(() => allOf(spam ? "spam" : "open"), [spam]);
  return (
    <Shown of={asked} what="Loading the requests">
      {({ requests }) => {
        const shown = requests.filter((one) => fits(one, filter));
        const candidates = shown.filter((one) => one.state === "candidate");
        const rest = shown.filter((one) => one.state !== "candidate");
        return (
          <>
            <Candidates of={candidates} changed={asked.again} spam={spam} />
            {rest.length > 0 && <Rows of={rest} />}
            {shown.length === 0 && <Nothing filtered={requests.length > 0} spam={spam} />}
          </>
        );
      }}
    </Shown>
  );
}

function All({ filter }: { filter: Filter }) {
  const paged = usePaged(async (place) => {
    const { requests, next } = await get<Listed>(query("/v1/desk/requests", { state: "all", limit: A_PAGE, next: place }));
    return { items: requests, next };
  }, []);
  const shown = paged.items?.filter((one) => fits(one, filter)) ?? [];
  // Who looks for somebody need not press until they are found.
  const goesOn = paged.next !== null && shown.length === 0 && !paged.busy && !paged.problem;
  useEffect(() => {
    if (goesOn) void paged.more();
  }, [goesOn]);
  if (!paged.items) return paged.problem ? <Failure problem={paged.problem} again={paged.again} /> : <Loading what="Loading the requests" />;
  return (
    <>
      {shown.length > 0 ? <Rows of={shown} /> : paged.next ? <Loading what="Looking through older requests" /> : <Nothing filtered={paged.items.length > 0} />}
      {shown.length < paged.items.length && (
        <p class="mute small">
          {shown.length} of the {plural(paged.items.length, "request")} loaded so far fit the filter.
        </p>
      )}
      {paged.problem && <Failure problem={paged.problem} again={paged.more} />}
      <More next={paged.next} busy={paged.busy} again={() => void paged.more()} what="requests" />
    </>
  );
}

function Rows({ of }: { of: RightsRequest[] }) {
  return (
    <ul class="rows">
      {of.map((one) => (
        <li key={one.reference}>
          <a class="row request-row" href={at("desk", "requests", one.reference)}>
            <span class="row-days">
              <DaysLeft of={one} />
              {one.clock && OPEN.includes(one.state) && <span class="mute small">due {day(one.clock.due)}</span>}
            </span>
            <span class="row-main">
              <strong>{typeName(one.type)}</strong>
              <Who of={one} />
            </span>
            <span class="row-side">
              <StateTag of={one} />
              {one.answer_came && <span class="tag warn">An answer came</span>}
              <span class="mute small numbers">
                {one.reference} · {CHANNELS[one.channel]}, {day(one.received_at)}
              </span>
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}

function Nothing({ filtered, spam = false }: { filtered: boolean; spam?: boolean }) {
  if (spam && !filtered) return <Empty icon="shield" title="No mail was taken for spam" />;
  return filtered ? (
    <Empty icon="search" title="Nothing fits this filter">
      <p>Choose other types or states, or clear what you look for.</p>
    </Empty>
  ) : (
    <Empty icon="shield" title="No requests are open">
      <p>Requests come by the form, and by mail to the privacy address. One that came by letter or phone you take in here.</p>
    </Empty>
  );
}
