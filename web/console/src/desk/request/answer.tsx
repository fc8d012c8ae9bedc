/** The answer: the copy and the links to it, or the receipt of what was done. */

import { useState } from "preact/hooks";
import { post } from "../../api";
import { day, dayAndTime, time } from "../../times";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/dialog";
import { Card } from "../../ui/page";
import type { RightsRequest } from "../model";
import { Facts } from "../parts";
import { useStaff } from "../staff";
import { GROUNDS, plural, size } from "../words";
import { isOpen } from "./work";

export function Answer({ request }: { request: RightsRequest }) {
  return (
    <>
      {request.copy && isOpen(request) && <CopyCard request={request} copy={request.copy} />}
      {request.receipt.length > 0 && <ReceiptCard request={request} />}
      {request.recipients_to_tell.length > 0 && <Recipients request={request} />}
    </>
  );
}

function CopyCard({ request, copy }: { request: RightsRequest; copy: NonNullable<RightsRequest["copy"]> }) {
  const name = useStaff();
  const [asking, ask] = useState(false);
  const [link, set] = useState<{ url: string; until: string; count: number } | null>(null);
  async function make(): Promise<void> {
    const made = await post<{ url: string; valid_seconds: number; count: number }>(`/v1/desk/requests/${request.reference}/links`);
    set({ url: made.url, count: made.count, until: new Date(Date.now() + made.valid_seconds * 1000).toISOString() });
  }
  const count = Math.max(link?.count ?? 0, request.links.length);
  return (
    <Card title="The copy">
      <Facts
        of={[
          ["Size", `${size(copy.size)}, a ZIP file`],
          ["Can be fetched until", day(copy.until)],
          ["Fetched by the person", request.fetched_at ? dayAndTime(request.fetched_at) : "not yet"],
          ["SHA-256", <code class="sum">{copy.sha256}</code>],
        ]}
      />
      <div class="acts">
        <Button icon="download" onClick={() => ask(true)}>
          Make a download link
        </Button>
        {link && (
          <a class="button primary" href={link.url} rel="noreferrer" download>
            Download the copy
          </a>
        )}
      </div>
      <p role="status" class="small mute">
        {link && `The link holds until ${time(link.until)}. `}
        {count > 0 && `${plural(count, "link was", "links were")} made so far, each of them recorded.`}
      </p>
      {request.links.length > 0 && (
        <ul class="small mute">
          {request.links.map((one) => (
            <li key={one.at}>
              {dayAndTime(one.at)} by <bdi>{name(one.by)}</bdi>
            </li>
          ))}
        </ul>
      )}
      {asking && (
        <Confirm title="Make a download link" yes="Make the link" act={make} close={() => ask(false)}>
          <p>Whoever has the link can fetch everything in the copy for five minutes. That you made it is recorded, and the person can see it.</p>
        </Confirm>
      )}
    </Card>
  );
}

function ReceiptCard({ request }: { request: RightsRequest }) {
  return (
    <Card title="What was done in each store">
      <div class="table">
        <table>
          <caption class="unseen">The receipt</caption>
          <thead>
            <tr>
              <th scope="col">Store</th>
              <th scope="col" class="number">
                {request.type === "erasure" || request.decision === "erasure" ? "Deleted" : "Changed"}
              </th>
              <th scope="col">Not done, and why</th>
            </tr>
          </thead>
          <tbody>
            {request.receipt.map((one) => (
              <tr key={one.store}>
                <th scope="row">{one.title}</th>
                <td class="number">{one.changed}</td>
                <td>{one.kept.length === 0 ? <span class="mute">nothing</span> : one.kept.map(({ number, why, until, law }) => <p key={why}>{`${number}: ${why}${until ? `, until ${day(until)}` : ""}${law ? ` (${law})` : ""}`}</p>)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Facts
        of={[
          ["Ground", request.ground && (GROUNDS.find(([ground]) => ground === request.ground)?.[1] ?? request.ground)],
          ["Not done", request.not_done && <bdi>{request.not_done}</bdi>],
        ]}
      />
    </Card>
  );
}

function Recipients({ request }: { request: RightsRequest }) {
  return (
    <Card title="Who else has to be told">
      <p>These got the person’s data from us. Tell them of what was corrected, deleted or restricted (UK GDPR Article 19).</p>
      <ul class="bullets">
        {request.recipients_to_tell.map((one) => (
          <li key={one}>
            <bdi>{one}</bdi>
          </li>
        ))}
      </ul>
    </Card>
  );
}
