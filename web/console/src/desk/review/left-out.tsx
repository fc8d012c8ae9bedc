/** All that stays out of the copy, each to be put back. */

import { Button, useActing } from "../../ui/button";
import { Card } from "../../ui/page";
import { FormProblem } from "../../ui/states";
import { toast } from "../../ui/toast";
import type { Redaction, RightsRequest } from "../model";
import type { Act } from "../request/use-request";
import { underReview } from "../request/work";
import { useStaff } from "../staff";
import { REASONS, plural } from "../words";

export function LeftOut({ request, act }: { request: RightsRequest; act: Act }) {
  const acting = useActing();
  const name = useStaff();
  const list = request.redactions;
  const open = underReview(request);
  return (
    <Card title={list.length ? `${plural(list.length, "thing")} left out` : "Nothing is left out"}>
      {list.length === 0 && <p class="mute">{open ? "Select text in a line to leave it out of the copy, or use the buttons beside it." : "The copy holds everything that was found."}</p>}
      <FormProblem problem={acting.problem} />
      <ol class="left-out">
        {list.map((one, place) => (
          <li key={`${one.at} ${place}`}>
            <span>
              {what(one, request)}
              <span class="mute small">
                {REASONS[one.reason]?.name}, by <bdi>{name(one.by)}</bdi>
              </span>
            </span>
            {open && (
              <Button
                kind="quiet"
                busy={acting.busy}
                aria-label={`Put back number ${place + 1}`}
                onClick={async () => {
                  if (await acting.run(() => act("DELETE", `redactions/${one.number}`))) toast("Put back.");
                }}
              >
                Put back
              </Button>
            )}
          </li>
        ))}
      </ol>
    </Card>
  );
}

/** What a redaction leaves out, without its words: those stand, struck through, in the item. */
function what(one: Redaction, request: RightsRequest): string {
  const store = request.progress.stores.find(({ store }) => one.item.startsWith(`${store}:`))?.title ?? "";
  const part = one.file != null ? `file ${one.file}` : one.fact == null ? "a whole item" : one.start != null ? plural((one.end ?? 0) - one.start, "character") : "a whole line";
  return `${store}: ${part}`;
}
