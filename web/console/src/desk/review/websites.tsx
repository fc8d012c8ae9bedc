/** Which websites were searched, and which of them answer themselves. */

import { Button, useActing } from "../../ui/button";
import { FormProblem } from "../../ui/states";
import { toast } from "../../ui/toast";
import type { Elsewhere, RightsRequest } from "../model";
import type { Act } from "../request/use-request";
import { underReview } from "../request/work";

export function Websites({ request, act }: { request: RightsRequest; act: Act }) {
  if (!request.everywhere) return null;
  return (
    <section class="card">
      <h2>Websites</h2>
      <p>This came by the form or the mail of our notice: all websites for which we answer are searched.</p>
      {request.elsewhere.length > 0 && <p>These answer requests themselves. What they hold is not shown here:</p>}
      {request.elsewhere.map((one) => (
        <Other key={one.site_id} website={one} open={underReview(request)} act={act} />
      ))}
    </section>
  );
}

function Other({ website, open, act }: { website: Elsewhere; open: boolean; act: Act }) {
  const acting = useActing();
  const say = async (yes: boolean) => {
    if (await acting.run(() => act("POST", "candidates", { item: website.item, taken: yes }))) toast(yes ? "It is passed on once somebody else has approved." : "It is not passed on.");
  };
  return (
    <div class="website">
      <p>
        <strong dir="auto">{website.name}</strong> <span class="mute small">{website.contact}</span>
      </p>
      <p class="small">{website.passed_at ? "The request was passed on." : website.taken ? "The request is passed on once somebody else has approved." : "Something there may be the person’s, or a namesake’s."}</p>
      {open && !website.certain && !website.passed_at && (
        <Button busy={acting.busy} kind={website.taken ? "plain" : "primary"} onClick={() => say(!website.taken)}>
          {website.taken ? "It is not theirs" : "It is theirs: pass it on"}
        </Button>
      )}
      <FormProblem problem={acting.problem} />
    </div>
  );
}
