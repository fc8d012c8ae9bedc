/** One disclosure, and its approval by a second person. */

import { useState } from "preact/hooks";
import { get, post } from "../../api";
import { useAsked } from "../../asked";
import { at } from "../../route";
import { me } from "../../session";
import { day, dayAndTime } from "../../times";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/dialog";
import { Card, Page } from "../../ui/page";
import { Shown } from "../../ui/states";
import { toast } from "../../ui/toast";
import { useWatched } from "../../watched";
import type { Disclosure } from "../model";
import { Facts, Who } from "../parts";
import { useStaff } from "../staff";
import { DisclosureTags } from "./disclosure-list";

export function DisclosurePage({ id }: { id: string }) {
  const path = `/v1/desk/disclosures/${encodeURIComponent(id)}`;
  const asked = useAsked(() => get<Disclosure>(path), [path]);
  const who = useWatched(me);
  const name = useStaff();
  const [approving, approve] = useState(false);
  async function act(): Promise<void> {
    asked.take(await post<Disclosure>(`${path}/approve`));
    toast("Approved.");
  }
  return (
    <Page title="A disclosure" up={{ to: at("desk", "disclosures"), words: "Disclosures" }}>
      <Shown of={asked}>
        {(one) => (
          <>
            <section class={`next ${one.status === "proposed" ? "ours" : ""}`} aria-label="What happens next">
              <p class="next-tags">
                <DisclosureTags of={one} />
              </p>
              <h2>{one.status === "approved" ? "Somebody else has approved it." : one.recorded_by === who?.id ? "Somebody else than you has to approve it before anything is given." : "Check the legal basis and what is given, then approve."}</h2>
              {one.status === "proposed" && one.recorded_by !== who?.id && (
                <div class="acts">
                  <Button kind="primary" onClick={() => approve(true)}>
                    Approve
                  </Button>
                </div>
              )}
            </section>
            <Card title="What is given, to whom">
              <Facts
                of={[
                  ["Authority", <bdi>{one.authority}</bdi>],
                  ["Its reference", <bdi>{one.reference}</bdi>],
                  ["Legal basis", <bdi>{one.legal_basis}</bdi>],
                  ["What is given", <bdi>{one.data_given}</bdi>],
                  ["About", <Who of={one} />],
                  ["Not told until", one.untold_until && day(one.untold_until)],
                  ["Because", one.untold_because && <bdi>{one.untold_because}</bdi>],
                  ["Recorded", <span>{`${dayAndTime(one.at)} by ${name(one.recorded_by)}`}</span>],
                  ["Approved", one.approved_at && <span>{`${dayAndTime(one.approved_at)} by ${name(one.approver ?? "")}`}</span>],
                  ["Kept until", day(one.expires_at)],
                ]}
              />
            </Card>
            {approving && (
              <Confirm title="Approve this disclosure" yes="Approve it" act={act} close={() => approve(false)}>
                <p>You confirm that the law requires it and that no more is given than it requires. It stands in the register with your name, and cannot be taken back.</p>
              </Confirm>
            )}
          </>
        )}
      </Shown>
    </Page>
  );
}
