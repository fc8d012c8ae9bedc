// What the person's pages share: finding and making elements, and calling the API on the page's own address.

/** The part of a problem (RFC 9457) that a page shows. */
export interface Problem {
  detail?: string;
  field?: string;
}

/** The element with this id; the page has it. */
export function find<T extends HTMLElement = HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

/** A new element with properties and children; text stays text. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]>,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** POST JSON; what was said, or nothing where that is not JSON. Rejects where the connection fails. */
export async function post<T>(path: string, body: unknown): Promise<{ ok: boolean; status: number; said: Partial<T> }> {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const said: Partial<T> = await answer.json().catch(() => ({}));
  return { ok: answer.ok, status: answer.status, said };
}
