/** What is restricted: hidden from everybody here, until two people unlock an item for one of the law's four grounds. */

import { useState } from "preact/hooks";
import { get, post, query, remove } from "../api";
import { at } from "../route";
import { me } from "../session";
import { dayAndTime } from "../times";
import { Button, useActing } from "../ui/button";
import { Confirm } from "../ui/dialog";
import { AreaField, SelectField } from "../ui/field";
import { Card, Page } from "../ui/page";
import { Empty, FormProblem } from "../ui/states";
import { toast } from "../ui/toast";
import { useWatched } from "../watched";
import { FormDialog, needed } from "./form-dialog";
import { More, Words } from "./parts";
import { PersonSearch } from "./records/person-search";
import { useStaff } from "./staff";
import { UNLOCK_GROUNDS, byWhom, plural, readable } from "./words";

interface Restricted {
  store: string;
  id: string;
  unlocked: boolean;
  unlock: { ground: string; because: string; by: string; at: string; approver: string | null; until: string | null } | null;
}

interface Unlocked extends Restricted {
  title: string;
  facts: { name: string; value: string }[];
  next: string | null;
}

const STORES: Record<string, string> = { chats: "Chat", correspondence: "Call or mail", purchases: "Purchase", disclosures: "Disclosure" };
const pathOf = (one: Restricted): string => `/v1/desk/restricted/${encodeURIComponent(one.store)}/${encodeURIComponent(one.id)}`;

export function RestrictedPage() {
  const [items, set] = useState<Restricted[] | null>(null);
  const changed = (after: Restricted) => set((all) => all?.map((one) => (one.id === after.id && one.store === after.store ? after : one)) ?? null);
  return (
    <Page title="Restricted" lead="Data whose use a person had restricted are stored, and hidden from every list and search. Two people can unlock an item for seven days, on one of four grounds of the law.">
      <PersonSearch<{ items: Restricted[] }> path="/v1/desk/restricted/search" found={(answer) => set(answer?.items ?? null)} searching={items !== null} />
      <div role="status" class="found-line">
        {items && <p>{items.length ? `${plural(items.length, "item is", "items are")} restricted.` : "Nothing of this person is restricted."}</p>}
      </div>
      {items === null && (
        <Empty icon="shield" title="Whose data?">
          <p>You see which items there are, and nothing that they say.</p>
        </Empty>
      )}
      {items?.map((one) => (
        <Item key={`${one.store} ${one.id}`} one={one} changed={changed} />
      ))}
    </Page>
  );
}

function Item({ one, changed }: { one: Restricted; changed: (after: Restricted) => void }) {
  const [asking, ask] = useState<"propose" | "approve" | null>(null);
  const [shown, show] = useState<Unlocked | null>(null);
  const acting = useActing();
  const who = useWatched(me);
  const name = useStaff();
  const path = pathOf(one);
  // An unlock that has ended stands there still; another may be proposed.
  const proposed = one.unlock && !one.unlock.until ? one.unlock : null;
  async function read(next = "0"): Promise<void> {
    const page = await get<Unlocked>(query(path, { next }));
    show((before) => (before && next !== "0" ? { ...page, facts: [...before.facts, ...page.facts] } : page));
  }
  async function end(): Promise<void> {
    changed(await remove<Restricted>(`${path}/unlock`));
    show(null);
    toast("It is locked.");
  }
  return (
    <Card title={`${STORES[one.store] ?? one.store} ${one.id}`}>
      <p>
        <span class={one.unlocked ? "tag good" : "tag warn"}>{one.unlocked ? "Unlocked" : proposed ? "Unlock proposed" : "Locked"}</span>
      </p>
      {one.unlock && (one.unlocked || proposed) && (
        <>
          <p>
            {UNLOCK_GROUNDS[one.unlock.ground]}. Proposed {dayAndTime(one.unlock.at)} by <bdi>{name(one.unlock.by)}</bdi>
            {one.unlock.until && (
              <>
                , approved by <bdi>{name(one.unlock.approver ?? "")}</bdi>, until {dayAndTime(one.unlock.until)}
              </>
            )}
            .
          </p>
          <Words>{one.unlock.because}</Words>
        </>
      )}
      {proposed && proposed.by === who?.id && <p class="notice">Somebody else than you has to approve it.</p>}
      <div class="acts">
        {one.unlocked && (
          <Button busy={acting.busy} onClick={() => void acting.run(() => read())}>
            Show it
          </Button>
        )}
        {one.unlocked && one.store === "correspondence" && <a href={at("desk", "correspondence", one.id)}>Open its page</a>}
        {proposed && proposed.by !== who?.id && (
          <Button kind="primary" onClick={() => ask("approve")}>
            Approve
          </Button>
        )}
        {!one.unlocked && !proposed && <Button onClick={() => ask("propose")}>Propose to unlock it</Button>}
        {(one.unlocked || proposed) && (
          <Button busy={acting.busy} onClick={() => void acting.run(end)}>
            {proposed ? "Take it back" : "Lock it again"}
          </Button>
        )}
      </div>
      <FormProblem problem={acting.problem} fields={[]} />
      {shown && one.unlocked && (
        <>
          <h3>{readable(shown.title)}</h3>
          <dl class="facts">
            {shown.facts.map((fact, place) => (
              <div key={place}>
                <dt>{byWhom(fact.name)}</dt>
                <dd>
                  <Words>{readable(fact.value)}</Words>
                </dd>
              </div>
            ))}
          </dl>
          <More next={shown.next} busy={acting.busy} again={() => void acting.run(() => read(shown.next ?? "0"))} what="lines" />
        </>
      )}
      {asking === "propose" && <Propose path={path} changed={changed} close={() => ask(null)} />}
      {asking === "approve" && (
        <Confirm
          title="Unlock this item"
          yes="Unlock it"
          act={async () => {
            changed(await post<Restricted>(`${path}/unlock/approve`));
            toast("Unlocked for seven days.");
          }}
          close={() => ask(null)}
        >
          <p>You confirm that the ground holds. Whoever looks at it is recorded, and the person is told of the unlock when they ask for a copy.</p>
        </Confirm>
      )}
    </Card>
  );
}

function Propose({ path, changed, close }: { path: string; changed: (after: Restricted) => void; close: () => void }) {
  const [ground, choose] = useState("legal_claims");
  return (
    <FormDialog
      title="Propose to unlock it"
      yes="Propose it"
      fields={["ground", "because"]}
      close={close}
      act={async (given) => {
        changed(await post<Restricted>(`${path}/unlock`, { ground: needed(given, "ground"), because: needed(given, "because", "Please write the reason.") }));
        toast("Proposed. Somebody else has to approve it.");
      }}
    >
      {(problem) => (
        <>
          <SelectField name="ground" label="Why" problem={problem} value={ground} options={Object.entries(UNLOCK_GROUNDS)} hint="UK GDPR Article 18(2)" onChange={(event) => choose(event.currentTarget.value)} />
          <AreaField name="because" label="The reason" dir="auto" problem={problem} hint="The person can read this." />
        </>
      )}
    </FormDialog>
  );
}
