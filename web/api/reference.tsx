/** All calls, by room, and a way to find one. */

import { useMemo, useState } from "preact/hooks";
import { Coded } from "./coded";
import { type Call, callsOf, type Description } from "./description";
import { Operation } from "./operation";

export function Reference({ of }: { of: Description }) {
  const [wanted, want] = useState("");
  const calls = useMemo(() => callsOf(of), [of]);
  const shown = calls.filter((call) => fits(call, wanted.trim().toLowerCase()));
  const rooms = of.tags
    .map((tag) => ({ ...tag, calls: shown.filter(({ operation }) => operation.tags.includes(tag.name)) }))
    .filter((room) => room.calls.length > 0);
  return (
    <div class="reference">
      <div class="card">
        {of.info.description.split("\n\n").map((words) => (
          <p key={words}>
            <Coded>{words}</Coded>
          </p>
        ))}
        <dl class="facts">
          {Object.entries(of.components.securitySchemes).flatMap(([name, { description }]) => [
            <dt key={name}>{name}</dt>,
            <dd key={`${name}-words`}>
              <Coded>{description}</Coded>
            </dd>,
          ])}
        </dl>
      </div>
      <div class="field">
        <label for="find">Find a call</label>
        <input id="find" type="search" value={wanted} onInput={(event) => want(event.currentTarget.value)} aria-describedby="found" />
        <p class="hint" id="found" role="status">
          {shown.length} of {calls.length} calls
        </p>
      </div>
      {rooms.map((room) => (
        <section class="room" key={room.name} aria-labelledby={anchor(room.name)}>
          <h2 id={anchor(room.name)}>{room.name}</h2>
          <p class="mute">{room.description}</p>
          {room.calls.map((call) => (
            <Operation key={call.operation.operationId} call={call} of={of} />
          ))}
        </section>
      ))}
    </div>
  );
}

const anchor = (name: string) => name.toLowerCase().replace(/\W+/g, "-");

function fits({ path, method, operation }: Call, wanted: string): boolean {
  const words = `${method} ${path} ${operation.summary} ${operation.operationId}`.toLowerCase();
  return wanted.split(/\s+/).every((word) => words.includes(word));
}
