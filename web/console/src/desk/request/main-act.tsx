/** The one thing that is to be done next, as a button. */

import { useState } from "preact/hooks";
import { me } from "../../session";
import { at } from "../../route";
import { Button, useActing } from "../../ui/button";
import { FormProblem } from "../../ui/states";
import { toast } from "../../ui/toast";
import { useWatched } from "../../watched";
import type { RightsRequest } from "../model";
import { CandidateActs } from "../requests/candidate";
import { ApproveButton } from "../review/approve";
import { DecideIdentity } from "./identity";
import { CloseDialog, ResumeDialog } from "./act-dialogs";
import type { Act } from "./use-request";
import { searched, underReview } from "./work";

export function MainAct({ request, act, again }: { request: RightsRequest; act: Act; again: () => Promise<void> }) {
  const acting = useActing();
  const who = useWatched(me);
  const [open, set] = useState<"identity" | "close" | "resume" | null>(null);
  const closable = request.state === "in_progress" && !request.progress.failed && !request.clock?.paused && (request.type === "complaint" || (request.progress.step === "delivery" && request.answered_at !== null));
  return (
    <>
      <FormProblem problem={acting.problem} />
      {request.state === "candidate" && <CandidateActs request={request} done={again} />}
      <div class="acts">
        {request.state === "awaiting_identity" && (
          <Button kind={request.documents || !request.email ? "primary" : "plain"} onClick={() => set("identity")}>
            Decide on the identity
          </Button>
        )}
        {request.progress.failed && (
          <Button
            kind="primary"
            busy={acting.busy}
            onClick={async () => {
              if (await acting.run(() => act("POST", "retry"))) toast("It goes on from where it stopped.");
            }}
          >
            Try again
          </Button>
        )}
        {searched(request) && (
          <a class={`button ${underReview(request) && !request.clock?.paused ? "primary" : ""}`} href={at("desk", "requests", request.reference, "review")}>
            {underReview(request) ? "Review what was found" : "See what was found"}
          </a>
        )}
        {underReview(request) && !request.clock?.paused && <ApproveButton request={request} act={act} me={who?.id ?? ""} />}
        {request.state === "in_progress" && request.clock?.paused && (
          <Button kind="primary" onClick={() => set("resume")}>
            The answer has come
          </Button>
        )}
        {closable && (
          <Button kind={request.fetched_at || !request.copy ? "primary" : "plain"} onClick={() => set("close")}>
            {request.type === "complaint" ? "Answer and close" : "Close the request"}
          </Button>
        )}
      </div>
      {open === "identity" && <DecideIdentity request={request} act={act} close={() => set(null)} />}
      {open === "close" && <CloseDialog request={request} act={act} close={() => set(null)} />}
      {open === "resume" && <ResumeDialog request={request} act={act} close={() => set(null)} />}
    </>
  );
}
