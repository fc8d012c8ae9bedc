/** Calls to the API, and what goes wrong with them. */

import { W } from "./words";

const TIMEOUT_MS = 20_000;
const RETRY_FIRST_MS = 500;
const RETRY_MOST_MS = 30_000;

/** A problem as the API says it (RFC 9457). */
export interface ProblemBody {
  type?: string;
  status?: number;
  detail?: string;
  field?: string;
}

/** A refusal, or no answer at all (status 0). */
export class Problem extends Error {
  readonly kind: string;
  readonly field: string | undefined;
  readonly detail: string | undefined;

  /** @param retryAfter ms @param said in the visitor's language */
  constructor(readonly status: number, body: ProblemBody = {}, readonly retryAfter = 0, readonly said?: string) {
    super(body.type ?? "no answer");
    this.kind = this.message.split("/").pop()!;
    this.field = body.field;
    this.detail = body.detail;
  }

  /** Whether the same call may succeed later. */
  get passing() {
    return !this.status || this.status >= 500 || [408, 425, 429].includes(this.status);
  }

  /** Whether what we hold does not open the chat any more: deleted, expired, or opened on another website. */
  get gone() {
    return this.status === 401 || this.status === 404 || this.kind === "origin_not_allowed";
  }

  /** A sentence for a person, in their language. The server's sentences are English. */
  get sentence(): string {
    if (this.said) return this.said;
    if (!this.status || this.status >= 500) return W.unreachable;
    if (this.kind === "chat_full") return W.full;
    if (this.detail && !W.fields) return this.detail;
    return this.status === 429 ? W.tooMany : (W.fields?.[this.field!] ?? W.wrong);
  }
}

export interface Options {
  body?: object | undefined;
  token?: string;
  /** May outlive the page. */
  last?: boolean;
}

/** One call; its JSON. Throws Problem. */
export type Call = <T = unknown>(method: string, path: string, options?: Options) => Promise<T>;

export const calls = (origin: string, language: string): Call => async (method, path, { body, token, last = false } = {}) => {
  let answer;
  let content;
  try {
    answer = await fetch(origin + path, {
      method,
      cache: "no-store",
      credentials: "omit",
      referrerPolicy: "no-referrer",
      keepalive: last,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      body: body ? JSON.stringify(body) : null,
      headers: {
        "Accept-Language": language,
        ...(body && { "Content-Type": "application/json" }),
        ...(token && { Authorization: `Bearer ${token}` }),
      },
    });
    content = await answer.json();
  } catch {
    if (!answer || answer.ok) throw new Problem(0);
    content = {}; // a refusal in another form than ours, as a proxy may give it
  }
  if (answer.ok) return content;
  throw new Problem(answer.status, content, 1000 * Number(answer.headers.get("Retry-After")));
};

/** Until `ms` have passed or the network is back. */
export const pause = (ms: number) => new Promise((resume) => {
  setTimeout(resume, ms);
  addEventListener("online", resume, { once: true });
});

/** How long to wait after so many failures before this one, in ms; jittered, so that many do not come back at once. */
export const backOff = (failures: number, least = 0) =>
  Math.max(least, Math.min(RETRY_MOST_MS, RETRY_FIRST_MS * 2 ** failures) * (0.75 + Math.random() / 2));

/** 128 bits as text. (randomUUID exists on secure pages only.) */
export const uniqueId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
