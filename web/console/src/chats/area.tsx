/** The operator's console: inbox, conversation, details, beside each other or, where it is narrow, one after the other. */

import { useEffect, useState } from "preact/hooks";
import { asProblem } from "../problem";
import { at, go } from "../route";
import { me } from "../session";
import { useTitle } from "../ui/page";
import { Empty } from "../ui/states";
import { toast } from "../ui/toast";
import { Watched, useWatched } from "../watched";
import { DeleteChat, EndChat, HandOver, PassOn, give } from "./acts";
import { CannedDialog } from "./canned-dialog";
import "./chats.css";
import { Conversation } from "./conversation";
import { Details } from "./details";
import { InboxHead } from "./inbox-head";
import { List, useListed, useLoaded } from "./list";
import type { Chat } from "./model";
import { mute, muted } from "./ring";
import { type Doing, ShortcutHelp, useShortcuts } from "./shortcuts";
import { ChatStore } from "./store";

export type Act = "take" | "hand over" | "end" | "delete" | "pass on" | "canned" | "help";

/** Lives on while one is in other areas: chats ring there too. */
let store: ChatStore | undefined;
const beside = new Watched(true);
const NARROW = "(max-width: 1240px)";

export default function Area({ route: [chatId, part] }: { route: string[] }) {
  store ??= new ChatStore(me.value?.id ?? "").start();
  return <Chats store={store} chatId={chatId} part={part} />;
}

function Chats({ store, chatId, part }: { store: ChatStore; chatId: string | undefined; part: string | undefined }) {
  const chats = useListed(store);
  const all = useWatched(store.chats);
  const open = useWatched(beside);
  const loaded = useLoaded(store);
  const [asking, ask] = useState<{ act: Act; chat?: Chat } | null>(null);
  const chat = chatId ? all.get(chatId) : undefined;
  useTitle("Chats");
  useEffect(() => {
    store.look(chatId ?? null);
    return () => store.look(null);
  }, [chatId]);
  useEffect(() => {
    // Back from a chat, where only one of both is shown: on with the row it was opened from.
    if (!chatId && document.activeElement === document.body) document.querySelector<HTMLElement>(".inbox .row")?.focus();
  }, [chatId]);

  function details(): void {
    if (!chatId) return;
    if (matchMedia(NARROW).matches) go(part === "details" ? at("chats", chatId) : at("chats", chatId, "details"));
    else beside.set(!open);
  }
  function act(what: Act): void {
    if (what === "take") {
      if (chat && !chat.assigned_to) give(store, chat, store.me).catch((failure: unknown) => toast(asProblem(failure).message));
    } else if (what === "canned" || what === "help") ask({ act: what });
    else if (chat) ask({ act: what, chat });
  }
  function step(by: 1 | -1): void {
    const place = chats.findIndex((one) => one.chat_id === chatId);
    const next = chats[place < 0 ? 0 : place + by];
    if (!next) return;
    (document.activeElement as HTMLElement | null)?.blur(); // nothing more is typed into the chat that is left
    go(at("chats", next.chat_id));
  }
  const isOpen = chat?.status === "open";
  const doings: Record<Doing, () => void> = {
    next: () => step(1),
    previous: () => step(-1),
    take: () => isOpen && act("take"),
    "hand over": () => isOpen && act("hand over"),
    end: () => isOpen && act("end"),
    reply: () => focus("composer"),
    note: () => document.getElementById("composer-note")?.click(),
    search: () => focus("chats-search"),
    details,
    mute: () => mute(!muted.value),
    help: () => act("help"),
  };
  useShortcuts((doing) => doings[doing]());

  const shown = chatId ? (part === "details" ? "details" : "chat") : "list";
  const close = () => {
    ask(null);
    // What opened the window may have gone with what was done in it.
    requestAnimationFrame(() => document.activeElement === document.body && focus("main"));
  };
  const away = () => chatId && !store.chats.value.has(chatId) && go(at("chats"), { instead: true });
  return (
    <main class={`chats show-${shown}${open ? "" : " without-details"}`} id="main" tabIndex={-1}>
      <h1 class="unseen">Chats</h1>
      <section class="inbox" aria-label="Inbox">
        <InboxHead store={store} help={() => act("help")} replies={() => act("canned")} />
        <List store={store} current={chatId} />
      </section>
      <section class="chat" aria-label="Conversation with the visitor">
        {chatId ? <Conversation store={store} chatId={chatId} act={act} details={details} /> : (chats.length > 0 || loaded) && <NoneChosen any={chats.length > 0} />}
      </section>
      {chatId && (
        <aside class="details" aria-label="Details of the visitor">
          <Details store={store} chatId={chatId} remove={() => act("delete")} passOn={() => act("pass on")} />
        </aside>
      )}
      {asking?.act === "help" && <ShortcutHelp close={close} />}
      {asking?.act === "canned" && <CannedDialog close={close} />}
      {asking?.act === "hand over" && asking.chat && <HandOver store={store} chat={asking.chat} close={close} />}
      {asking?.act === "end" && asking.chat && <EndChat store={store} chat={asking.chat} close={close} />}
      {asking?.act === "pass on" && asking.chat && <PassOn chat={asking.chat} close={close} />}
      {asking?.act === "delete" && asking.chat && <DeleteChat store={store} chat={asking.chat} close={() => (close(), away())} />}
    </main>
  );
}

function NoneChosen({ any }: { any: boolean }) {
  return (
    <Empty icon="chats" title={any ? "Choose a chat" : "Nothing to answer"}>
      <p>{any ? "Or press j for the first. ? shows all keys." : "When somebody writes, the chat appears at the left by itself."}</p>
    </Empty>
  );
}

function focus(id: string): void {
  document.getElementById(id)?.focus();
}
