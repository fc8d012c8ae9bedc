/** The clock that the law sets, explained. */

import { day } from "../../times";
import { Card } from "../../ui/page";
import { londonDay } from "../days";
import type { RightsRequest } from "../model";
import { Facts } from "../parts";
import { plural } from "../words";
import { isOpen } from "./work";

export function ClockCard({ request }: { request: RightsRequest }) {
  const { clock } = request;
  return (
    <Card title="The clock">
      {clock ? (
        <>
          <Facts
            of={[
              ["Came", day(londonDay(request.received_at))],
              ["Started", <span>{`${day(clock.start)}${startedBy(request)}`}</span>],
              ["Stood still", clock.paused_days > 0 && `${plural(clock.paused_days, "day")}${clock.paused ? ", and still does" : ""}`],
              ["Our own target", isOpen(request) && request.type !== "complaint" && day(clock.target)],
              ["Due", <strong>{day(clock.due)}</strong>],
              ["If extended", !clock.extended && request.type !== "complaint" && isOpen(request) && `${day(clock.extended_due)}; the person must be told by ${day(clock.tell_by)}`],
              ["Extended because", clock.extended && <bdi>{request.extended_because}</bdi>],
            ]}
          />
          <Pauses request={request} />
          <p class="hint">
            {request.type === "complaint"
              ? "A complaint is acknowledged at once and answered without undue delay; 30 days are counted here."
              : `One calendar month from the day on which the request, the proof of identity and any authority were all there; then the next working day in England. ${request.type === "access" ? "It stands still while we wait for an answer that we need." : "Only the clock of a request for access can stand still."}`}
          </p>
        </>
      ) : (
        <>
          <p>The clock has not started: it waits for {request.state === "candidate" ? "your decision that this is a request" : "proof of who asks"}.</p>
          <Facts
            of={[
              ["Came", day(londonDay(request.received_at))],
              ["Proof due", request.identity_due && day(request.identity_due)],
            ]}
          />
        </>
      )}
    </Card>
  );
}

function startedBy({ clock, received_at, identity, authority }: RightsRequest): string {
  if (!clock || clock.start === londonDay(received_at)) return ", when it came";
  if (identity && clock.start === londonDay(identity.at)) return ", with the proof of identity";
  return authority && clock.start === londonDay(authority.at) ? ", with the authority" : "";
}

function Pauses({ request }: { request: RightsRequest }) {
  if (request.pauses.length === 0) return null;
  return (
    <ul class="pauses">
      {request.pauses.map((one) => (
        <li key={one.asked}>
          <span class="small mute">
            Asked {day(one.asked)}, {one.answered ? `answered ${day(one.answered)}` : "no answer yet"}
          </span>
          {one.question && <p dir="auto">{one.question}</p>}
          <p dir="auto">{one.why}</p>
        </li>
      ))}
    </ul>
  );
}
