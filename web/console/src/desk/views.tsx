/** Who of the staff looked at a person's data, and when. */

import { useState } from "preact/hooks";
import { dayAndTime } from "../times";
import { Page } from "../ui/page";
import { useActing } from "../ui/button";
import { Empty, Failure } from "../ui/states";
import { at } from "../route";
import { More } from "./parts";
import { PersonSearch } from "./records/person-search";
import { useStaff } from "./staff";
import { plural } from "./words";

interface View {
  about: string;
  by: string;
  at: string;
}

interface Found {
  views: View[];
  next: string | null;
}

const STORES: Record<string, { name: string; place?: string }> = {
  requests: { name: "Request", place: "requests" },
  correspondence: { name: "Call or mail", place: "correspondence" },
  purchases: { name: "Purchase", place: "purchases" },
  disclosures: { name: "Disclosure", place: "disclosures" },
};

export function ViewsPage() {
  const name = useStaff();
  const [views, set] = useState<View[] | null>(null);
  const [following, follow] = useState<{ next: string | null; ask: (next: string) => Promise<Found> }>();
  const acting = useActing();
  const next = following?.next ?? null;
  const take = (answer: Found | null, ask: (next: string) => Promise<Found>) => {
    acting.forget();
    set(answer?.views ?? null);
    follow({ next: answer?.next ?? null, ask });
  };
  const more = () =>
    acting.run(async () => {
      if (!following?.next) return;
      const page = await following.ask(following.next);
      set((shown) => [...(shown ?? []), ...page.views]);
      follow({ ...following, next: page.next });
    });
  return (
    <Page title="Who looked" lead="Every look at somebody’s data is recorded for twelve months; looking again within the hour counts once. Find a person to see who looked.">
      <PersonSearch<Found> path="/v1/desk/evidence/views" found={take} searching={views !== null} />
      <div role="status" class="found-line">
        {views && <p>{views.length ? `${plural(views.length, "look was", "looks were")} ${next ? "shown" : "recorded"}, newest first.` : "No look at this person’s data was recorded."}</p>}
      </div>
      {views === null && (
        <Empty icon="eye" title="Whose data?">
          <p>What you search for stays between you and the server: it stands in no address and no log.</p>
        </Empty>
      )}
      {!!views?.length && (
        <div class="table card">
          <table>
            <caption class="unseen">Looks at this person’s data</caption>
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">Who</th>
                <th scope="col">At what</th>
              </tr>
            </thead>
            <tbody>
              {views.map((one) => (
                <tr key={`${one.about} ${one.at} ${one.by}`}>
                  <td>{dayAndTime(one.at)}</td>
                  <td>
                    <bdi>{name(one.by)}</bdi>
                  </td>
                  <td>
                    <About of={one.about} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {acting.problem && <Failure problem={acting.problem} again={() => void more()} />}
      <More next={next} busy={acting.busy} again={() => void more()} what="looks" />
    </Page>
  );
}

/** A chat is named by its reference alone, everything else with its store before it. */
function About({ of }: { of: string }) {
  const [store = "", id = ""] = of.split(/[:#]/);
  const known = id ? STORES[store] : undefined;
  if (!id) return <>Chat {of}</>;
  if (!known?.place) return <>{of}</>;
  return <a href={at("desk", known.place, id)}>{`${known.name} ${id}`}</a>;
}
