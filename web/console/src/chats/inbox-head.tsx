/** Above the list: how the line stands, whether one is there, who else is, and the sound. */

import { Button, IconButton, useActing } from "../ui/button";
import { useWatched } from "../watched";
import type { LiveState } from "./live";
import { mute, muted } from "./ring";
import type { ChatStore } from "./store";

const LINES: Record<LiveState, string> = {
  connecting: "Connecting …",
  live: "Live",
  polling: "Looking every 3 seconds",
  offline: "No connection. What you write is kept, and sent when it is back.",
};

export function InboxHead({ store, help, replies }: { store: ChatStore; help: () => void; replies: () => void }) {
  const silent = useWatched(muted);
  return (
    <header class="inbox-head">
      <div class="inbox-title">
        <h2>Inbox</h2>
        <Line store={store} />
        <IconButton icon={silent ? "mute" : "bell"} label={silent ? "Sound is off" : "Sound is on"} aria-pressed={silent} onClick={() => mute(!silent)} />
        <IconButton icon="bolt" label="Canned replies" onClick={replies} />
        <IconButton icon="keyboard" label="Keyboard shortcuts" onClick={help} />
      </div>
      <Presence store={store} />
    </header>
  );
}

function Line({ store }: { store: ChatStore }) {
  const state = useWatched(store.live.state);
  return (
    <p class={`line-state ${state}`} role="status">
      {LINES[state]}
    </p>
  );
}

function Presence({ store }: { store: ChatStore }) {
  const presence = useWatched(store.presence.state);
  const acting = useActing();
  const there = presence?.present ?? false;
  const others = presence?.operators.filter((one) => one.present && one.operator_id !== store.me).map((one) => one.name) ?? [];
  async function turn(): Promise<void> {
    await acting.run(() => store.presence.say(!there));
  }
  return (
    <div class="presence">
      <button type="button" role="switch" class="switch" aria-checked={there} aria-busy={acting.busy} disabled={!presence} onClick={() => void turn()}>
        <span class="switch-track" aria-hidden="true" />
        <span>{there ? "Present" : "Away"}</span>
      </button>
      <p class="small mute" title={others.join(", ")}>
        {presence && (others.length ? <bdi>{`Also present: ${others.join(", ")}`}</bdi> : presence.operators.length > 1 ? "No colleague is present" : "")}
      </p>
      {there && presence?.online === false && <p class="closed small">Visitors see that you are away: these are not the opening hours.</p>}
      {acting.problem && (
        <p class="wrong" role="alert">
          {acting.problem.message} <Button kind="quiet" onClick={acting.forget}>All right</Button>
        </p>
      )}
    </div>
  );
}
