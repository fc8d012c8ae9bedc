/** The present moment for what is drawn: how long somebody has been waiting goes on by itself. */

import { Watched, useWatched } from "../watched";

const STEP_MS = 15_000;
const now = new Watched(Date.now());
let ticking = false;

export function useNow(): number {
  if (!ticking) {
    ticking = true;
    setInterval(() => now.set(Date.now()), STEP_MS);
  }
  return Math.max(useWatched(now), Date.now());
}
