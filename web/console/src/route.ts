/** Where one is: the part of the address behind `#`, so that a reload and the way back lead there. Never anything personal. */

import { Watched, useWatched } from "./watched";

const now = () => location.hash.replace(/^#?\/?/, "");
const place = new Watched(now());
let held: ((to: string) => void) | undefined;

function arrive(): void {
  if (held && now() !== place.value) {
    const to = location.hash;
    history.replaceState(null, "", `#/${place.value}`);
    held(to);
  } else place.set(now());
}
addEventListener("hashchange", arrive);

/** Nobody goes elsewhere while something here would be lost: `asked` is told where to, and may go there once what is answered was called. */
export function hold(asked: (to: string) => void): () => void {
  const leave = (event: BeforeUnloadEvent) => event.preventDefault();
  held = asked;
  addEventListener("beforeunload", leave);
  return () => {
    held = undefined;
    removeEventListener("beforeunload", leave);
  };
}

/** The parts of the place: `#/chats/abc` is `["chats", "abc"]`. */
export function useRoute(): string[] {
  return useWatched(place).split("/").filter(Boolean).map(decoded);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // no address of ours
  }
}

/** The address of a place, for links. */
export const at = (...parts: string[]): string => `#/${parts.map(encodeURIComponent).join("/")}`;

/** Goes there; `instead` of the present place, so that the way back does not lead here again. */
export function go(address: string, { instead = false } = {}): void {
  if (instead) location.replace(address);
  else location.hash = address;
  arrive(); // at once: a key pressed right after this is meant for the new place
}
