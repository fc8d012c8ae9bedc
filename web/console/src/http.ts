/** One HTTP call to our own address; its JSON. */

import { Problem } from "./problem";

const PATIENCE_MS = 20_000;

export interface Call {
  method?: string;
  body?: unknown;
  /** Sent as it is, with this content type, instead of `body`. */
  raw?: { content: string; type: string };
  token?: string;
  /** What the answer shall be: JSON where absent. */
  as?: "json" | "text";
}

/** Throws Problem where refused or unreachable. */
export async function http<T>(path: string, { method = "GET", body, raw, token, as = "json" }: Call = {}): Promise<T> {
  const headers: Record<string, string> = {};
  if (token) headers.Authorization = `Bearer ${token}`;
  if (raw) headers["Content-Type"] = raw.type;
  else if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      headers,
      body: raw?.content ?? (body === undefined ? null : JSON.stringify(body)),
      cache: "no-store",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch {
    throw new Problem(0);
  }
  if (!answer.ok) throw new Problem(answer.status, await said(answer), Number(answer.headers.get("Retry-After") ?? 0));
  if (answer.status === 204) return undefined as T;
  try {
    return (as === "text" ? await answer.text() : await answer.json()) as T;
  } catch {
    throw new Problem(0);
  }
}

async function said(answer: Response): Promise<object> {
  try {
    return (await answer.json()) as object;
  } catch {
    return {}; // a proxy's refusal, in another form than ours
  }
}
