/** Calls to the API as who is signed in. */

import { type Call, http } from "./http";
import { Problem } from "./problem";
import { idToken, lapse } from "./session";

/** One call; its JSON. A session that has ended is renewed, by the person if need be, and the call made again. Throws Problem. */
export async function call<T>(method: string, path: string, body?: unknown, more: Omit<Call, "method" | "body"> = {}): Promise<T> {
  for (;;) {
    const token = await idToken();
    try {
      return await http<T>(path, { ...more, method, body, token });
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.status !== 401) throw problem;
      lapse();
    }
  }
}

export const get = <T>(path: string): Promise<T> => call<T>("GET", path);
export const post = <T>(path: string, body: unknown = {}): Promise<T> => call<T>("POST", path, body);
export const put = <T>(path: string, body: unknown): Promise<T> => call<T>("PUT", path, body);
export const patch = <T>(path: string, body: unknown): Promise<T> => call<T>("PATCH", path, body);
export const remove = <T>(path: string): Promise<T> => call<T>("DELETE", path);

/** All pages of a list as one answer: lists in them are joined, the rest is as in the first. Throws Problem. */
export async function whole<T extends object>(ask: (next: string | null) => Promise<T & { next: string | null }>): Promise<T> {
  const first = await ask(null);
  const joined: Record<string, unknown> = { ...first };
  for (let { next } = first; next; ) {
    const page = await ask(next);
    for (const [name, value] of Object.entries(page)) if (Array.isArray(value)) joined[name] = [...(joined[name] as unknown[]), ...value];
    next = page.next;
  }
  return joined as T;
}

/** `path` with a query of the given parameters; those without a value are left out. */
export function query(path: string, parameters: Record<string, string | number | null | undefined>): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return given.length ? `${path}?${new URLSearchParams(given.map(([key, value]) => [key, String(value)]))}` : path;
}
