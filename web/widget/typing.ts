/** Who is typing: the visitor, told now and then; the operator, until they stop or fall silent. */

const SILENT_MS = 8_000; // without a word more, typing has stopped
const AGAIN_MS = 3_000;

export class Typing {
  /** The operator who is, "" for one without a name. */
  who: string | undefined;
  #since = 0;
  #silentIn: number | undefined;
  #silentOut: number | undefined;

  constructor(readonly tell: (typing: boolean) => void, readonly changed: () => void) {}

  /** The visitor writes, or has stopped. */
  visitor(writes: boolean) {
    clearTimeout(this.#silentOut);
    if (writes) this.#silentOut = setTimeout(() => this.visitor(false), SILENT_MS / 2);
    if (writes ? Date.now() - this.#since < AGAIN_MS : !this.#since) return;
    this.#since = writes ? Date.now() : 0;
    this.tell(writes);
  }

  /** The visitor has said it: whoever hears that needs not be told that they no longer write. */
  said() {
    clearTimeout(this.#silentOut);
    this.#since = 0;
  }

  /** An operator writes; without a name none does. */
  operator(name?: string) {
    clearTimeout(this.#silentIn);
    this.who = name;
    if (name === undefined) return;
    this.#silentIn = setTimeout(() => {
      this.operator();
      this.changed();
    }, SILENT_MS);
  }
}
