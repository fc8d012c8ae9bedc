/** A value that pages watch: the one way in which something outside of Preact makes it draw again. */

import { useEffect, useState } from "preact/hooks";

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
  useEffect(() => {
    const seen = watched.value;
    const end = watched.watch(() => again((n) => n + 1));
    if (!Object.is(seen, watched.value)) again((n) => n + 1);
    return end;
  }, [watched]);
  return watched.value;
}
