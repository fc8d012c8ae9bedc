/** The window: button, header, menu, one view. */

import { Problem } from "./api";
import { DOWN, MORE, button, composing, h, icon, say } from "./nodes";
import { type Act, type Extra, ask } from "./question";
import type { Row } from "./rows";
import type { Page, Site } from "./types";
import css from "./window.css?inline";
import { W, back, fill } from "./words";

/** What people do in our fields is not the page's to hear: its hotkeys would act on it, and a window of its own that holds
 * the focus would take it away. */
const OURS = [
  "keydown", "keypress", "keyup", "beforeinput", "input", "compositionstart", "compositionupdate", "compositionend",
  "copy", "cut", "paste", "focusin", "focusout",
];

export interface View {
  nodes: Node[];
  focus: HTMLElement;
  refresh(): void;
  /** What was written and not sent. @param kept only what the tab may keep */
  draft(kept?: boolean): string;
}

type Item = [words: string, act: () => void, kind?: string];

/** The menu's line by which a visitor is no longer counted on this website, or counted again. */
function counting(panel: Panel, entry: string): Item {
  const off = localStorage.getItem(entry) !== null;
  const words = off ? W.recount : W.uncount;
  return [words, () => panel.ask(words, off ? W.recountWhy : W.uncountWhy, words, async () => {
    try {
      if (off) localStorage.removeItem(entry);
      else localStorage.setItem(entry, "1");
    } catch { // it is full
      throw new Problem(0, {}, 0, W.wrong);
    }
  })];
}

export class Panel {
  view: View | null = null;
  closeSheet: (() => void) | null = null;
  announced = 0;
  #items: Item[] = [];
  readonly fullScreen = matchMedia("(max-width: 480px), (max-height: 520px)"); // as in window.css
  readonly #touch = matchMedia("(pointer: coarse)"); // a focused field would bring up the keyboard, over what is to be read
  readonly #badge = h("span.badge", { "aria-hidden": "true", hidden: true });
  readonly #bubble: Element;
  readonly #heard = h("p.hear", { role: "status" });
  readonly #presence = h("p.presence");
  readonly #options = button(".round", icon(MORE), () => this.#openMenu(!!this.menu.hidden), {
    "aria-label": W.options, "aria-expanded": "false",
  });
  readonly menu = h("div.menu", { hidden: true, onfocusout: (event: FocusEvent) => {
    const to = event.relatedTarget as Node | null;
    if (to !== this.#options && !this.menu.contains(to)) this.#openMenu(false);
  } });
  readonly head: HTMLElement;
  readonly body = h("div.body");
  readonly dialog: HTMLDialogElement;

  constructor(readonly page: Page, readonly told: { shown(): void; gone(): void }) {
    const { site, shadow, root, launcher } = page;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    shadow.adoptedStyleSheets = [...shadow.adoptedStyleSheets, sheet];
    this.#bubble = launcher.firstElementChild!;
    launcher.append(this.#badge);
    launcher.addEventListener("click", () => (this.open ? this.hide() : this.show()));
    this.head = h("div.head", {},
      h("span.mark", { "aria-hidden": "true" }, [...site.name.trim()][0]),
      h("div.who", {}, h("h2", { id: "title" }, h("bdi", {}, site.name)), this.#presence),
      this.#options,
      button(".round", icon(DOWN), () => this.hide(), { "aria-label": W.hide }));
    this.dialog = h<HTMLDialogElement>("dialog.panel", { "aria-labelledby": "title", tabindex: "-1" }, this.head, this.menu, this.body);
    root.append(this.dialog, this.#heard);
    this.#listen();
  }

  #listen() {
    const { dialog } = this;
    for (const event of OURS) this.page.shadow.addEventListener(event, (one) => one.stopPropagation());
    dialog.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || composing(event)) return;
      event.preventDefault();
      event.stopPropagation();
      this.#escape();
    });
    dialog.addEventListener("cancel", (event) => { // a phone's way back
      event.preventDefault();
      this.#escape();
    });
    dialog.addEventListener("pointerdown", (event) => {
      const path = event.composedPath();
      if (!path.includes(this.menu) && !path.includes(this.#options)) this.#openMenu(false);
    });
    const again = () => {
      if (!this.open) return;
      dialog.close();
      this.show(false);
    };
    this.fullScreen.addEventListener("change", again);
    this.page.back = again;
    const seen = visualViewport;
    for (const sign of ["resize", "scroll"]) {
      seen?.addEventListener(sign, () => { // a phone's keyboard covers the page without making it smaller
        dialog.style.setProperty("--height", `${Math.round(seen.height * seen.scale)}px`);
        dialog.style.setProperty("--top", `${seen.scale > 1 ? 0 : seen.offsetTop}px`);
        this.view?.refresh();
      });
    }
  }

  get open() {
    return this.dialog.open;
  }

  /** @param asked false: it was open before, so the focus stays where it is */
  show(asked = true) {
    if (!this.open) {
      if (this.fullScreen.matches) this.dialog.showModal();
      else this.dialog.setAttribute("open", "");
    }
    this.#mark(true);
    this.told.shown();
    this.view?.refresh();
    if (asked) this.focus();
  }

  hide() {
    this.closeSheet?.();
    this.#openMenu(false);
    this.dialog.close();
    this.#mark(false);
    this.told.shown();
    this.page.launcher.focus();
  }

  #mark(open: boolean) {
    const { launcher } = this.page;
    launcher.ariaExpanded = String(open);
    launcher.firstElementChild!.replaceWith(open ? icon(DOWN) : this.#bubble);
  }

  focus() {
    if (this.open) (this.#touch.matches ? this.dialog : (this.view?.focus ?? this.dialog)).focus();
  }

  /** Closes what is on top. */
  #escape() {
    if (this.closeSheet) this.closeSheet();
    else if (this.menu.hidden) this.hide();
    else {
      this.#openMenu(false);
      this.#options.focus();
    }
  }

  #openMenu(open: boolean) {
    const { uncounted } = this.page;
    if (open) {
      const items = uncounted ? [...this.#items, counting(this, uncounted)] : this.#items;
      this.menu.replaceChildren(...items.map(([words, act, kind]) => button(kind ? `.${kind}` : "", words, () => {
        this.#openMenu(false);
        this.#options.focus();
        act();
      })));
    }
    this.menu.hidden = !open;
    this.#options.ariaExpanded = String(open);
    if (open) (this.menu.firstElementChild as HTMLElement).focus();
  }

  /** Shows another view. @param items of the menu */
  turn(view: View, items: Item[] = []) {
    this.closeSheet?.();
    this.#openMenu(false);
    this.view = view;
    this.body.replaceChildren(...view.nodes);
    this.#items = items;
    this.#options.hidden = !items.length && !this.page.uncounted;
    view.refresh();
    this.focus();
  }

  /** Presence and unread messages, in the header and on the button. */
  label({ online, opens_at, name }: Site, unread: Row[]) {
    const { launcher, launch } = this.page;
    say(this.#presence, online ? W.online : opens_at ? back(opens_at) : W.away);
    this.#presence.classList.toggle("on", online);
    this.#badge.hidden = !unread.length;
    say(this.#badge, unread.length > 9 ? "9+" : String(unread.length));
    launcher.ariaLabel = unread.length ? `${launch}, ${fill(W.unread, unread.length)}` : launch;
    const last = unread.at(-1);
    if (last && last.cursor! > this.announced) {
      this.announced = last.cursor!;
      if (!this.open) say(this.#heard, fill(W.heard, last.name ?? name));
    }
  }

  /** Asks something, over the view. */
  ask(title: string, why: string, yes: string, act: Act, extra: Extra = {}) {
    ask(this, title, why, yes, act, extra);
  }
}
