/** The list of chats: its tabs, the search, a row for each. */

import { useEffect } from "preact/hooks";
import { at } from "../route";
import { Button } from "../ui/button";
import { Icon } from "../ui/icon";
import { Empty, Failure, Loading } from "../ui/states";
import { Watched, useWatched } from "../watched";
import { FirstRun } from "./first-run";
import { counts, listed } from "./inbox";
import type { Chat, Scope, Status } from "./model";
import { useNow } from "./now";
import { Avatar, Name } from "./person";
import type { ChatStore } from "./store";
import { country, language, lasting, moment } from "./words";

interface View {
  status: Status;
  scope: Scope;
  wanted: string;
}

const SCOPES: [Scope, string][] = [
  ["mine", "Mine"],
  ["unassigned", "Unassigned"],
  ["all", "All"],
];

/** What of the list is shown; it stays while one is elsewhere. */
export const view = new Watched<View>({ status: "open", scope: "all", wanted: "" });
const show = (change: Partial<View>) => view.set({ ...view.value, ...change });

export function useListed(store: ChatStore): Chat[] {
  const { status, scope, wanted } = useWatched(view);
  return listed(useWatched(store.chats).values(), status, scope, store.me, wanted);
}

/** Whether it is known which chats there are: until then nobody says that there are none. */
export function useLoaded(store: ChatStore): boolean {
  const { status, scope } = useWatched(view);
  useWatched(store.listings.all);
  return store.listings.at(status, scope).loaded;
}

export function List({ store, current }: { store: ChatStore; current: string | undefined }) {
  const { status, scope, wanted } = useWatched(view);
  const chats = useListed(store);
  const all = useWatched(store.chats);
  useWatched(store.listings.all);
  const listing = store.listings.at(status, scope);
  const count = counts(all.values(), store.me);
  const beyond = store.listings.at("open", "all").next ? "+" : "";
  useEffect(() => store.open(status, scope), [status, scope]);
  return (
    <>
      <div class="list-tabs">
        <div class="tabs" role="group" aria-label="Whose chats">
          {SCOPES.map(([key, words]) => (
            <button type="button" key={key} aria-pressed={key === scope} onClick={() => show({ scope: key })}>
              {words} {status === "open" && (all.size > 0 || listing.loaded) && <span class="count numbers">{`${count[key]}${count[key] ? beyond : ""}`}</span>}
            </button>
          ))}
        </div>
      </div>
      <div class="search">
        <Icon name="search" size={16} />
        <input type="search" id="chats-search" aria-label="Search these chats" placeholder="Search these chats" autocomplete="off" value={wanted} onInput={(event) => show({ wanted: event.currentTarget.value })} />
        <button type="button" class="chip" aria-pressed={status === "closed"} onClick={() => show({ status: status === "open" ? "closed" : "open" })}>
          Ended
        </button>
      </div>
      <div class="list-scroll">
        {listing.problem && (listing.problem.status !== 0 || !listing.loaded) && <Failure problem={listing.problem} again={() => store.list(status, scope).catch(() => undefined)} />}
        {chats.length > 0 && (
          <ul aria-label={status === "open" ? "Open chats" : "Ended chats"}>
            {chats.map((chat) => (
              <Row key={chat.chat_id} chat={chat} store={store} current={chat.chat_id === current} />
            ))}
          </ul>
        )}
        {!chats.length && (listing.loaded ? <Nothing store={store} any={all.size > 0} /> : !listing.problem && <Loading what="Looking for chats" />)}
        {listing.next && (
          <div class="more">
            <Button busy={listing.loading} onClick={() => void store.list(status, scope, true).catch(() => undefined)}>
              Show more
            </Button>
          </div>
        )}
      </div>
    </>
  );
}

function Row({ chat, store, current }: { chat: Chat; store: ChatStore; current: boolean }) {
  const now = useNow();
  const thread = useWatched(store.conversations.thread(chat.chat_id));
  const presence = useWatched(store.presence.state);
  const last = chat.last_message;
  const whose = chat.assigned_to === store.me ? "You" : presence?.operators.find((one) => one.operator_id === chat.assigned_to)?.name;
  const from = [chat.assigned_to ? (whose ?? "A colleague") : "Unassigned", language(chat.language), chat.visitor.country && country(chat.visitor.country)].filter(Boolean).join(" · ");
  const typing = thread.typing?.by === "";
  const stuck = thread.drafts.some((one) => one.state !== "sending");
  return (
    <li>
      <a class={chat.unread ? "row unread" : "row"} href={at("chats", chat.chat_id)} aria-current={current ? "true" : undefined}>
        <Avatar chat={chat} />
        <span class="row-body">
          <span class="row-top">
            <span class="row-name">
              <Name chat={chat} />
            </span>
            <time dateTime={last?.at ?? chat.opened_at}>{moment(last?.at ?? chat.opened_at, now)}</time>
          </span>
          <span class="row-middle">
            <span class="preview">{typing ? <em>Typing …</em> : last ? <bdi>{`${last.by === "operator" ? "↩ " : ""}${last.text.slice(0, 140)}`}</bdi> : <em>Nothing said yet</em>}</span>
            {chat.unread > 0 && (
              <span class="badge numbers">
                {chat.unread > 99 ? "99+" : chat.unread}
                <span class="unseen"> unread</span>
              </span>
            )}
          </span>
          <span class="row-bottom">
            <bdi class="from">{from}</bdi>
            {stuck && <span class="tag bad">Not sent</span>}
            {chat.waiting && chat.waiting_since && <span class="tag warn">{`Waiting ${lasting(chat.waiting_since, now)}`}</span>}
          </span>
        </span>
      </a>
    </li>
  );
}

function Nothing({ store, any }: { store: ChatStore; any: boolean }) {
  const { status, scope, wanted } = useWatched(view);
  if (wanted.trim())
    return (
      <Empty icon="search" title="No chat matches">
        <p>Names, contact details and the last message of the chats that are loaded here are searched.</p>
        <Button onClick={() => show({ wanted: "" })}>Clear the search</Button>
      </Empty>
    );
  if (status === "closed")
    return (
      <Empty icon="chats" title="No ended chats">
        <p>Chats stay here after they end, until their time is over and they delete themselves.</p>
      </Empty>
    );
  if (scope === "mine")
    return (
      <Empty icon="chats" title="None are yours">
        <p>Take one from the unassigned, or wait for a colleague to hand one over.</p>
      </Empty>
    );
  if (scope === "unassigned" && any)
    return (
      <Empty icon="tick" title="Nobody is left alone">
        <p>Every open chat has somebody who answers it.</p>
      </Empty>
    );
  return <FirstRun store={store} />;
}
