/** Calls to the API, and what goes wrong with them. */

import { W } from "./words.js";

const TIMEOUT_MS = 20_000;
const RETRY_FIRST_MS = 500;
const RETRY_MOST_MS = 30_000;

/** A refusal (RFC 9457), or no answer at all (status 0). */
export class Problem extends Error {
  /**
   * @param {number} status @param {{type?: string, detail?: string, field?: string}} [body]
   * @param {number} [retryAfter] ms @param {string} [language] of the reader
   */
  constructor(status, body = {}, retryAfter = 0, language = "en") {
    super(body.type ?? "no answer");
    this.status = status;
    this.kind = String(body.type ?? "").split("/").pop();
    this.field = body.field;
    this.retryAfter = retryAfter;
    this.detail = language === "en" ? body.detail : undefined; // the server's sentences are English
  }

  /** Whether the same call may succeed later. */
  get passing() {
    return !this.status || this.status >= 500 || [408, 425, 429].includes(this.status);
  }

  /** Whether what we hold does not open the chat any more: deleted, expired, or opened on another website. */
  get gone() {
    return this.status === 401 || this.status === 404 || this.kind === "origin_not_allowed";
  }

  /** A sentence for a person, in their language. */
  get sentence() {
    if (!this.status || this.status >= 500) return W.unreachable;
    if (this.detail) return this.detail;
    if (this.status === 429) return W.tooMany;
    return W.fields?.[this.field ?? ""] ?? W.wrong;
  }
}

export class Api {
  /** @param {string} url what /v1/... is appended to @param {string} language */
  constructor(url, language) {
    this.url = url;
    this.language = language;
  }

  /**
   * One call; its JSON. Throws Problem.
   * @param {string} method @param {string} path
   * @param {{body?: object, token?: string, last?: boolean}} [options] `last`: may outlive the page
   */
  async call(method, path, { body, token, last } = {}) {
    let answer;
    let content;
    try {
      answer = await fetch(this.url + path, {
        method,
        cache: "no-store",
        credentials: "omit",
        referrerPolicy: "no-referrer",
        keepalive: last,
        signal: AbortSignal.timeout(TIMEOUT_MS),
        body: body && JSON.stringify(body),
        headers: {
          "Accept-Language": this.language,
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
    throw new Problem(answer.status, content, 1000 * Number(answer.headers.get("Retry-After") ?? 0), this.language);
  }
}

/** Until `ms` have passed or the network is back. @param {number} ms */
export const pause = (ms) => new Promise((resume) => {
  setTimeout(resume, ms);
  addEventListener("online", resume, { once: true });
});

/** How long to wait after so many failures, in ms. @param {number} failures before this one @param {number} [least] ms */
export const backOff = (failures, least = 0) =>
  Math.max(least, Math.min(RETRY_MOST_MS, RETRY_FIRST_MS * 2 ** failures) * (0.75 + Math.random() / 2));

/** 128 bits as text. (randomUUID exists on secure pages only.) */
export const uniqueId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
