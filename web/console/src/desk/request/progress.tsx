/** The way of a request through its steps, and how far it has come. */

import { Icon } from "../../ui/icon";
import { Card } from "../../ui/page";
import type { RightsRequest } from "../model";
import { plural, taskName } from "../words";
import { isCopied, isOpen, working } from "./work";

type StageState = "done" | "now" | "later" | "failed" | "left";

interface Stage {
  name: string;
  note?: string;
  state: StageState;
}

const SAID: Record<StageState, string> = { done: "done", now: "now", later: "not yet", failed: "failed", left: "not reached" };

/** The stages in their order, with where the request stands. */
function stages(request: RightsRequest): Stage[] {
  const list = names(request);
  const here = at(request, list);
  const over = !isOpen(request);
  const answered = request.state === "closed";
  return list.map((name, place) => {
    const state: StageState = place < here || (over && answered) ? "done" : over && place < list.length - 1 ? "left" : over ? "done" : place > here ? "later" : request.progress.failed ? "failed" : "now";
    return { name, state, ...(name === list.at(-1) && over && !answered ? { note: request.state } : {}) };
  });
}

function names(request: RightsRequest): string[] {
  if (request.state === "candidate" || request.state === "dropped") return ["Received", "Decided"];
  if (request.type === "complaint") return ["Received", "Looked into", "Closed"];
  return ["Received", "Identity", "Search", "Review", ...(isCopied(request) ? ["Copy made", "Delivered"] : ["Done as asked"]), "Closed"];
}

function at(request: RightsRequest, list: string[]): number {
  const { step, failed } = request.progress;
  const place = (name: string) => list.indexOf(name);
  if (request.type === "complaint" || list.length === 2) return 1;
  if (!request.identity || request.identity.decision !== "proven") return place("Identity");
  const last = isCopied(request) ? "Copy made" : "Done as asked";
  if (failed) return ["copy", "change", "receipt", "decide"].includes(failed) ? place(last) : place("Search");
  if (step === "delivery" && request.answered_at) return request.fetched_at ? place("Closed") : place(isCopied(request) ? "Delivered" : last);
  if (request.approved) return place(last);
  return step === "review" ? place("Review") : place("Search");
}

export function Progress({ request }: { request: RightsRequest }) {
  const list = stages(request);
  const proven = request.identity?.decision === "proven" && request.type !== "complaint";
  return (
    <Card title="How far it is">
      <ol class="stages">
        {list.map(({ name, state, note }) => (
          <li key={name} class={state} aria-current={state === "now" ? "step" : undefined}>
            <span class="stage-mark">{state === "done" ? <Icon name="tick" size={14} /> : state === "failed" ? <Icon name="alert" size={14} /> : null}</span>
            <span>
              {note ? note.charAt(0).toUpperCase() + note.slice(1) : name}
              <span class="unseen">: {SAID[state]}</span>
            </span>
          </li>
        ))}
      </ol>
      {working(request) && (
        <p class="working" role="status">
          The system is at work; this page follows it by itself.
        </p>
      )}
      {request.progress.failed && <p class="wrong">It stopped while {taskName(request.progress.failed)}.</p>}
      {proven && <Stores request={request} />}
    </Card>
  );
}

function Stores({ request }: { request: RightsRequest }) {
  return (
    <div class="table">
      <table>
        <caption class="unseen">What each store found</caption>
        <thead>
          <tr>
            <th scope="col">Store</th>
            <th scope="col">Search</th>
            <th scope="col" class="number">
              Found
            </th>
          </tr>
        </thead>
        <tbody>
          {request.progress.stores.map((one) => (
            <tr key={one.store}>
              <th scope="row">{one.title}</th>
              <td>
                <span class={`search-state ${one.state}`}>{one.state === "done" ? "Done" : one.state === "searching" ? "Searching …" : "Waiting"}</span>
              </td>
              <td class="number">
                {one.found ?? "–"}
                {!!one.candidates && <span class="tag warn">{plural(one.candidates, "candidate")}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
