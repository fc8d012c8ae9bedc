/** A live connection, for as long as it is wanted: the first frame says who we are, a ping keeps it open, a lost one is
 * made again after a pause that grows. */

import { backOff, type ProblemBody } from "./api";
import type { Message, Reading, Transcript } from "./types";

const PATIENCE_MS = 10_000; // for a welcome or a pong
const BEAT_MS = 45_000;

export type Frame =
  | ({ type: "welcome"; online?: boolean } & Reading)
  | { type: "pong"; cursor?: number }
  | { type: "posted"; client_id: string; message: Message }
  | { type: "message"; message: Message }
  | { type: "problem"; client_id?: string; problem: ProblemBody }
  | { type: "typing"; by: "visitor" | "operator"; name?: string; typing: boolean }
  | { type: "read"; by: "visitor" | "staff"; cursor: number }
  | { type: "status"; status: "open" | "closed" | "deleted" }
  | { type: "transcript"; transcript: { state: Transcript } }
  | { type: "presence"; online: boolean };

export interface Socket {
  /** Welcomed, and not lost since. */
  readonly live: boolean;
  want(wanted: boolean): void;
  /** Makes a lost one again at once. */
  hurry(): void;
  send(action: string, frame?: object): void;
}

/**
 * @param hello what the first frame holds
 * @param heard a frame came
 * @param lost it was live and is not any more, though it may still be wanted
 */
export function socket(url: string, hello: () => object, heard: (frame: Frame) => void, lost: (wanted: boolean) => void): Socket {
  let current: WebSocket | undefined;
  let live = false;
  let wanted = false;
  let failures = 0;
  let timer: number | undefined;

  const next = (act: () => void, ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(act, ms);
  };
  const send = (action: string, frame: object = {}) => current!.send(JSON.stringify({ action, ...frame }));

  function open() {
    next(drop, PATIENCE_MS);
    try {
      const made = (current = new WebSocket(url));
      made.onopen = () => send("hello", hello());
      made.onclose = () => made === current && drop();
      made.onmessage = ({ data }) => {
        if (made !== current) return;
        next(ping, BEAT_MS);
        const frame = JSON.parse(data) as Frame;
        if (frame.type === "welcome") {
          live = true;
          failures = 0;
        }
        heard(frame);
      };
    } catch {
      drop(); // the browser forbids it
    }
  }

  function ping() {
    send("ping");
    next(drop, PATIENCE_MS);
  }

  function drop() {
    const [before, was] = [current, live];
    current = undefined;
    live = false;
    clearTimeout(timer);
    before?.close();
    if (wanted) next(open, backOff(failures++));
    if (was) lost(wanted);
  }

  addEventListener("offline", () => current && drop());
  return {
    get live() {
      return live;
    },
    want(now) {
      if (now === wanted) return;
      wanted = now;
      failures = 0;
      if (now) open();
      else drop();
    },
    hurry() {
      if (wanted && !current) open();
    },
    send(action, frame) {
      if (live) send(action, frame);
    },
  };
}
