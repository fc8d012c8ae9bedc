/** What was done, newest first. */

import { dayAndTime } from "../../times";
import type { RightsRequest } from "../model";
import { useStaff } from "../staff";
import { eventName } from "../words";

export function Timeline({ request }: { request: RightsRequest }) {
  const name = useStaff();
  return (
    <ol class="timeline">
      {[...request.events].reverse().map((one, place) => (
        <li key={request.events.length - place}>
          <span>{eventName(one.what)}</span>
          <span class="mute small">
            <time dateTime={one.at}>{dayAndTime(one.at)}</time> by <bdi>{name(one.by)}</bdi>
          </span>
        </li>
      ))}
    </ol>
  );
}
