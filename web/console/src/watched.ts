/** A value that pages watch: the one way in which something outside of Preact makes it draw again. */

import { useLayoutEffect, useState } from "preact/hooks";

export class Watched<T> {
  #value: T;
  readonly #watchers = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const watcher of [...this.#watchers]) watcher();
  }

  /** Calls `watcher` after each change; what is answered ends that. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }
}

/** The value as it is now; the component is drawn again when it changes. */
export function useWatched<T>(watched: Watched<T>): T {
  const [, again] = useState(0);
  const drawn = watched.value;
  useLayoutEffect(() => {
    const change = () => again((n) => n + 1);
    const end = watched.watch(change);
    if (!Object.is(drawn, watched.value)) change(); // between the drawing and now
    return end;
  }, [watched]);
  return drawn;
}
