/** What calls an operator who looks elsewhere: a short sound, and the tab's title. Never who calls, nor about what. */

import { Watched } from "../watched";

const MUTED = "chats:muted";
const BLINK_MS = 1_000;
const COUNT = /^(● )?\(\d+\) /;
/** Hertz of each note: somebody new, somebody known. */
const NOTES = { chat: [660, 880], message: [740] } as const;
const NOTE_SECONDS = 0.16;

export const muted = new Watched(sessionStorage.getItem(MUTED) === "yes");

export function mute(yes: boolean): void {
  sessionStorage.setItem(MUTED, yes ? "yes" : "no");
  muted.set(yes);
}

let sound: AudioContext | null = null;

/** Browsers let a page sound only after somebody has done something on it. */
export function soundAfterGesture(): void {
  const begin = () => {
    sound ??= new AudioContext();
    void sound.resume();
  };
  for (const gesture of ["pointerdown", "keydown"]) addEventListener(gesture, begin, { once: true, capture: true });
}

export function ring(what: keyof typeof NOTES): void {
  if (muted.value || sound?.state !== "running") return;
  NOTES[what].forEach((hertz, place) => note(sound as AudioContext, hertz, place * NOTE_SECONDS));
}

function note(context: AudioContext, hertz: number, after: number): void {
  const from = context.currentTime + after;
  const tone = context.createOscillator();
  const loudness = context.createGain();
  tone.frequency.value = hertz;
  loudness.gain.setValueAtTime(0, from);
  loudness.gain.linearRampToValueAtTime(0.12, from + 0.015);
  loudness.gain.exponentialRampToValueAtTime(0.001, from + NOTE_SECONDS * 2);
  tone.connect(loudness).connect(context.destination);
  tone.start(from);
  tone.stop(from + NOTE_SECONDS * 2);
}

/** Keeps the number of chats that call in front of the title, whatever page sets that; it blinks while nobody looks. */
export function countInTitle(count: Watched<number>): void {
  let blink = 0;
  let lit = false;
  const show = () => {
    const plain = document.title.replace(COUNT, "");
    const title = count.value ? `${lit ? "● " : ""}(${count.value}) ${plain}` : plain;
    if (title !== document.title) document.title = title;
  };
  const still = () => {
    clearInterval(blink);
    lit = false;
    show();
  };
  let before = count.value;
  count.watch(() => {
    const more = count.value > before;
    before = count.value;
    if (more && !attentive()) {
      clearInterval(blink);
      blink = window.setInterval(() => {
        lit = !lit;
        show();
      }, BLINK_MS);
    }
    if (!count.value) still();
    else show();
  });
  const title = document.querySelector("title");
  if (title) new MutationObserver(show).observe(title, { childList: true });
  addEventListener("focus", still);
  show();
}

/** Whether somebody looks at this page. */
export const attentive = (): boolean => !document.hidden && document.hasFocus();
