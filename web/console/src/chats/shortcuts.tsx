/** Keys that spare the mouse. Letters count only while nothing is being typed, and can be switched off (WCAG 2.1.4). */

import { useEffect, useRef } from "preact/hooks";
import { composing } from "../keys";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { CheckField } from "../ui/field";
import { Watched, useWatched } from "../watched";

export type Doing = "next" | "previous" | "take" | "hand over" | "end" | "reply" | "note" | "search" | "details" | "mute" | "help";

const KEYS: [Doing, string, string[]][] = [
  ["next", "Next chat", ["j", "Alt+↓"]],
  ["previous", "Previous chat", ["k", "Alt+↑"]],
  ["reply", "Write a reply", ["r"]],
  ["note", "Write a note", ["n"]],
  ["take", "Take the chat", ["t"]],
  ["hand over", "Hand the chat over", ["h"]],
  ["end", "End the chat", ["e"]],
  ["details", "Details of the visitor", ["d"]],
  ["search", "Search the chats", ["s"]],
  ["mute", "Sound on or off", ["m"]],
  ["help", "This list", ["?"]],
];
const IN_COMPOSER: [string, string][] = [
  ["Send", "Enter"],
  ["New line", "Shift+Enter"],
  ["Canned replies", "/"],
  ["Leave the field", "Esc"],
];
const OFF = "chats:letters-off";
const letters = new Watched(sessionStorage.getItem(OFF) !== "yes");

function meant(event: KeyboardEvent): Doing | undefined {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || composing(event) || document.querySelector("dialog[open], [inert] #main")) return undefined;
  if (event.altKey) return ({ ArrowDown: "next", ArrowUp: "previous" } as const)[event.key];
  const target = event.target as HTMLElement;
  if (!letters.value || target.closest("input, textarea, select, [contenteditable]")) return undefined;
  return KEYS.find(([, , keys]) => keys.includes(event.key))?.[0];
}

export function useShortcuts(act: (doing: Doing) => void): void {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const doing = meant(event);
      if (!doing) return;
      event.preventDefault();
      latest.current(doing);
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
}

export function ShortcutHelp({ close }: { close: () => void }) {
  const on = useWatched(letters);
  return (
    <Dialog title="Keyboard shortcuts" close={close}>
      <div class="dialog-body">
        <dl class="facts keys">
          {KEYS.map(([doing, words, keys]) => (
            <Row key={doing} words={words} keys={keys} />
          ))}
        </dl>
        <h3>While writing</h3>
        <dl class="facts keys">
          {IN_COMPOSER.map(([words, key]) => (
            <Row key={key} words={words} keys={[key]} />
          ))}
        </dl>
        <CheckField
          name="letters"
          label="Single letters are shortcuts"
          checked={on}
          onChange={(event) => {
            sessionStorage.setItem(OFF, event.currentTarget.checked ? "no" : "yes");
            letters.set(event.currentTarget.checked);
          }}
        />
      </div>
      <footer>
        <Button onClick={close}>Done</Button>
      </footer>
    </Dialog>
  );
}

function Row({ words, keys }: { words: string; keys: string[] }) {
  return (
    <>
      <dt>{words}</dt>
      <dd>
        {keys.map((key, place) => (
          <span key={key}>
            {place > 0 && " or "}
            <kbd>{key}</kbd>
          </span>
        ))}
      </dd>
    </>
  );
}
