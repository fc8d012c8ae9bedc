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

/** `path` with a query of the given parameters; those without a value are left out. */
export function query(path: string, parameters: Record<string, string | number | null | undefined>): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return given.length ? `${path}?${new URLSearchParams(given.map(([key, value]) => [key, String(value)]))}` : path;
}
