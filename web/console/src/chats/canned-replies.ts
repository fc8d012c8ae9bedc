/** The site's canned replies, asked for once and kept up with what is changed here. */

import { get, post, put, remove } from "../api";
import { Watched } from "../watched";
import type { Canned } from "./model";

const SHORTCUT = /(^|\s)\/([\p{L}\p{N}_-]*)$/u;

export const canned = new Watched<readonly Canned[] | undefined>(undefined);

const sorted = (all: Canned[]) => all.sort((one, two) => one.shortcut.localeCompare(two.shortcut));

/** Throws Problem. */
export async function load(): Promise<void> {
  canned.set((await get<{ canned: Canned[] }>("/v1/operator/canned")).canned);
}

/** Keeps a reply, new where it has no id. Throws Problem. */
export async function save(id: string | undefined, shortcut: string, text: string): Promise<void> {
  const path = "/v1/operator/canned";
  const kept = id ? await put<Canned>(`${path}/${id}`, { shortcut, text }) : await post<Canned>(path, { shortcut, text });
  canned.set(sorted([...(canned.value ?? []).filter((one) => one.id !== kept.id), kept]));
}

/** Throws Problem. */
export async function drop(id: string): Promise<void> {
  await remove(`/v1/operator/canned/${id}`);
  canned.set((canned.value ?? []).filter((one) => one.id !== id));
}

/** The shortcut that is being typed before the caret: what follows the `/`, and where that stands. */
export function asked(text: string, caret: number): { word: string; from: number } | null {
  const found = SHORTCUT.exec(text.slice(0, caret));
  return found ? { word: found[2] ?? "", from: caret - (found[2] ?? "").length - 1 } : null;
}

/** Replies whose shortcut begins with the word, then those that hold it. */
export function matching(all: readonly Canned[], word: string): Canned[] {
  const wanted = word.toLocaleLowerCase();
  const begins = all.filter((one) => one.shortcut.toLocaleLowerCase().startsWith(wanted));
  const holds = all.filter((one) => !begins.includes(one) && `${one.shortcut} ${one.text}`.toLocaleLowerCase().includes(wanted));
  return [...begins, ...holds];
}
