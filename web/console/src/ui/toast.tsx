/** A sentence that says that something was done, and goes by itself. */

import { Watched, useWatched } from "../watched";

const SHOWN_MS = 6_000;
const said = new Watched<{ text: string; number: number } | null>(null);
let number = 0;

export function toast(text: string): void {
  const mine = ++number;
  said.set({ text, number: mine });
  setTimeout(() => said.value?.number === mine && said.set(null), SHOWN_MS);
}

export function Toasts() {
  const now = useWatched(said);
  return (
    <div class="toasts" role="status">
      {now && (
        <p class="toast" key={now.number}>
          {now.text}
        </p>
      )}
    </div>
  );
}
