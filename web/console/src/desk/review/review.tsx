/** What was found: judged, redacted, corrected, approved. */

import { useState } from "preact/hooks";
import { get, query } from "../../api";
import { at } from "../../route";
import { me } from "../../session";
import { Page } from "../../ui/page";
import { Empty, Failure, Loading, Shown } from "../../ui/states";
import { useWatched } from "../../watched";
import type { Finding, Findings, RightsRequest } from "../model";
import { usePaged } from "../paged";
import { More } from "../parts";
import type { Act } from "../request/use-request";
import { useRequest } from "../request/use-request";
import { isCopied, needsAnother, searched, underReview } from "../request/work";
import { typeName } from "../words";
import { ApproveButton } from "./approve";
import { Corrections } from "./corrections";
import { FindingCard } from "./finding";
import { LeftOut } from "./left-out";
import { LogRemovalCard } from "./log-removal";
import { Websites } from "./websites";

const A_PAGE = 20;

export function ReviewPage({ reference, store }: { reference: string; store: string | undefined }) {
  const { asked, act } = useRequest(reference);
  return (
    <Page title="What was found" up={{ to: at("desk", "requests", reference), words: "The request" }} lead={asked.data ? <span class="numbers">{`${typeName(asked.data.type)}, reference ${reference}`}</span> : undefined}>
      <Shown of={asked} what="Loading what was found">
        {(request) =>
          searched(request) ? (
            <Whole request={request} act={act} store={store} />
          ) : (
            <Empty icon="search" title="There is nothing to look at now">
              <p>What was found can be seen from the end of the search until the request ends.</p>
            </Empty>
          )
        }
      </Shown>
    </Page>
  );
}

function Whole({ request, act, store }: { request: RightsRequest; act: Act; store: string | undefined }) {
  const who = useWatched(me)?.id ?? "";
  const stores = request.progress.stores;
  const chosen = stores.find((one) => one.store === store) ?? stores.find((one) => one.found) ?? stores[0];
  return (
    <>
      <div class="tabs strip" role="navigation" aria-label="Stores">
        {stores.map((one) => (
          <a key={one.store} href={at("desk", "requests", request.reference, "review", one.store)} aria-current={one === chosen ? "page" : undefined}>
            {one.title} <span class="count">{one.found ?? 0}</span>
            {!!one.candidates && <span class="tag warn">{one.candidates} to judge</span>}
          </a>
        ))}
      </div>
      <div class="review-columns">
        <div class="review-main">{chosen && <Store key={chosen.store} request={request} act={act} store={chosen.store} />}</div>
        <aside class="review-side" aria-label="Your review">
          <Websites request={request} act={act} />
          {isCopied(request) && <LeftOut request={request} act={act} />}
          {request.type === "rectification" && <Corrections request={request} />}
          {(request.type === "erasure" || request.type === "objection") && <LogRemovalCard request={request} act={act} />}
          {underReview(request) && (
            <section class="card">
              <h2>When you are done</h2>
              <p>{needsAnother(request, who) ? "Somebody else has to approve this request." : "Approving ends the review. You can take it back until the request ends."}</p>
              {!request.clock?.paused ? <ApproveButton request={request} act={act} me={who} /> : <p class="mute">The clock stands still: it can be approved once the answer has come.</p>}
            </section>
          )}
          {!underReview(request) && <p class="mute">The review has ended: nothing can be changed here unless the approval is taken back.</p>}
        </aside>
      </div>
    </>
  );
}

/** Items whose slices came in several pages, as one each. */
function joined(slices: Finding[]): Finding[] {
  const whole: Finding[] = [];
  for (const one of slices) {
    const last = whole.at(-1);
    if (last?.more && last.item === one.item) whole[whole.length - 1] = { ...last, facts: [...last.facts, ...one.facts], more: one.more };
    else whole.push(one);
  }
  return whole;
}

function Store({ request, act, store }: { request: RightsRequest; act: Act; store: string }) {
  const [correctable, setCorrectable] = useState<Findings["correctable"]>([]);
  const paged = usePaged<Finding>(
    async (place) => {
      const page = await get<Findings>(query(`/v1/desk/requests/${request.reference}/findings`, { store, limit: A_PAGE, next: place }));
      setCorrectable(page.correctable);
      return page;
    },
    [store],
  );
  if (!paged.items) return paged.problem ? <Failure problem={paged.problem} again={paged.again} /> : <Loading what="Loading what was found" />;
  return (
    <>
      {paged.items.length === 0 && (
        <Empty icon="tick" title="Nothing was found here">
          <p>This store was searched, and holds nothing of this person.</p>
        </Empty>
      )}
      {joined(paged.items).map((one) => (
        <FindingCard key={one.item} finding={one} request={request} act={act} correctable={correctable} />
      ))}
      {paged.problem && <Failure problem={paged.problem} again={paged.more} />}
      <More next={paged.next} busy={paged.busy} again={() => void paged.more()} what="items" />
    </>
  );
}
