/** That mail to the person's address is stopped, and the way to let it go again. */

import { day } from "../../times";
import { Button, useActing } from "../../ui/button";
import { Card } from "../../ui/page";
import { FormProblem } from "../../ui/states";
import { toast } from "../../ui/toast";
import type { RightsRequest, Suppressed } from "../model";
import type { Act } from "./use-request";

const since = ({ since }: Suppressed): string => (since ? ` on ${day(since)}` : "");

export function Suppression({ request, act }: { request: RightsRequest; act: Act }) {
  const acting = useActing();
  const { letters = null, transcripts = null } = request.mail ?? {};
  const stopped = letters ?? transcripts;
  if (!stopped) return null;
  return (
    <Card title="Mail to the person">
      <p class="notice">{stopped.reason === "complained" ? `The person marked a copy of a chat as spam${since(stopped)}.` : `Mail to this address bounced${since(stopped)}.`}</p>
      <p class="mute">{letters ? "No letters and no copies of chats go there. Letters that were held back go once mail may go there again." : "No copies of chats go there. Letters and codes still do."}</p>
      <FormProblem problem={acting.problem} />
      <div class="acts">
        <Button
          busy={acting.busy}
          onClick={async () => {
            if (await acting.run(() => act("DELETE", "suppression"))) toast("Mail goes to this address again.");
          }}
        >
          Send mail there again
        </Button>
      </div>
    </Card>
  );
}
