/** One purchase, and the hold that keeps it for longer. */

import { useState } from "preact/hooks";
import { get, post } from "../../api";
import { useAsked } from "../../asked";
import { at } from "../../route";
import { day } from "../../times";
import { Button } from "../../ui/button";
import { AreaField, TextField } from "../../ui/field";
import { Card, Page } from "../../ui/page";
import { Shown } from "../../ui/states";
import { toast } from "../../ui/toast";
import { FormDialog, needed } from "../form-dialog";
import type { Purchase } from "../model";
import { Facts } from "../parts";
import { useStaff } from "../staff";
import { PROCESSORS } from "./purchase-list";

export function PurchasePage({ id }: { id: string }) {
  const path = `/v1/desk/purchases/${encodeURIComponent(id)}`;
  const asked = useAsked(() => get<Purchase>(path), [path]);
  const [holding, hold] = useState(false);
  const name = useStaff();
  return (
    <Page title="A purchase" up={{ to: at("desk", "purchases"), words: "Purchases" }}>
      <Shown of={asked}>
        {(one) => (
          <>
            <Card title="What was bought">
              <Facts
                of={[
                  ["What", <bdi>{one.what}</bdi>],
                  ["Amount", `${one.amount} ${one.currency}`],
                  ["Bought on", day(one.bought_on)],
                  ["Name", <bdi>{one.name}</bdi>],
                  ["Address", one.address && <bdi>{one.address}</bdi>],
                  ["Email address", one.email],
                  ["Phone number", one.phone],
                  ["Paid through", PROCESSORS.find(([key]) => key === one.processor)?.[1] ?? one.processor],
                  ["Reference", one.processor_reference],
                ]}
              />
            </Card>
            <Card title="How long it is kept" acts={<Button onClick={() => hold(true)}>{one.hold_until ? "Change the hold" : "Hold it for longer"}</Button>}>
              <Facts
                of={[
                  ["By law until", day(one.period_ends)],
                  ["Held until", one.hold_until && day(one.hold_until)],
                  ["Because", one.hold_because && <bdi>{one.hold_because}</bdi>],
                  ["Held by", one.hold_by && <bdi>{name(one.hold_by)}</bdi>],
                  ["Kept until", day(one.expires_at)],
                ]}
              />
              <p class="hint">A purchase is never erased before the law’s own time is over. It is deleted by itself then.</p>
            </Card>
            {holding && (
              <FormDialog
                title="Hold this purchase"
                yes="Hold it"
                fields={["until", "because"]}
                close={() => hold(false)}
                act={async (given) => {
                  asked.take(await post<Purchase>(`${path}/hold`, { until: needed(given, "until", "Please choose a day."), because: needed(given, "because") }));
                  toast("Held.");
                }}
              >
                {(problem) => (
                  <>
                    <p>For a legal claim or an inquiry: it is kept to the end of this day, even if the law’s own time ends before. Another hold replaces this one.</p>
                    <TextField name="until" type="date" label="Until" problem={problem} defaultValue={one.hold_until ?? ""} />
                    <AreaField name="because" label="Why" rows={2} dir="auto" problem={problem} defaultValue={one.hold_because ?? ""} hint="The person may read this." />
                  </>
                )}
              </FormDialog>
            )}
          </>
        )}
      </Shown>
    </Page>
  );
}
