/** The window: button, header, menu, one view, and a sheet over it for questions. */

import { Problem } from "./api.js";
import { refuse } from "./fields.js";
import { h, icon, say } from "./nodes.js";
import { CSS } from "./style.js";
import { W, fill } from "./words.js";

/**
 * @typedef {{nodes: Node[], focus: HTMLElement, refresh: () => void, draft: () => string}} View  `draft`: what was
 *   written and not sent
 * @typedef {{title: string, why: string, yes: string, act: (values: Record<string, string|null>) => Promise<void>,
 *   fields?: import("./fields.js").Field[], danger?: boolean, said?: string}} Question  `act` throws a Problem where
 *   refused
 */

export class Panel {
  /** @param {import("./main.js").Page} page @param {{shown: () => void, gone: () => void}} told */
  constructor({ site, shadow, root, launcher, launch }, told) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
    shadow.adoptedStyleSheets = [...shadow.adoptedStyleSheets, sheet];
    this.shadow = shadow;
    this.launcher = launcher;
    this.launch = launch;
    this.told = told;
    /** @type {View|null} */
    this.view = null;
    /** @type {(() => void)|null} */
    this.closeSheet = null;
    this.announced = 0;
    this.fullScreen = matchMedia("(max-width: 480px), (max-height: 520px)"); // as in style.js
    this.touch = matchMedia("(pointer: coarse)"); // a focused field would bring up the keyboard, over what is to be read

    this.badge = h("span", { class: "badge", "aria-hidden": "true", hidden: true });
    launcher.append(this.badge);
    launcher.addEventListener("click", () => (this.open ? this.hide() : this.show()));
    this.heard = h("p", { class: "hear", role: "status" });
    this.presence = h("p", { class: "presence" });
    this.body = h("div", { class: "body" });
    this.menu = h("div", { class: "menu", hidden: true, onfocusout: (/** @type {FocusEvent} */ event) => {
      if (event.relatedTarget !== this.options && !this.menu.contains(event.relatedTarget)) this.openMenu(false);
    } });
    this.options = h("button", {
      class: "round", type: "button", "aria-label": W.options, "aria-expanded": "false", onclick: () => this.openMenu(this.menu.hidden),
    }, icon("more"));
    this.head = h("div", { class: "head" },
      h("span", { class: "mark", "aria-hidden": "true" }, [...site.name.trim()][0]),
      h("div", { class: "who" }, h("h2", { id: "title" }, h("bdi", {}, site.name)), this.presence),
      this.options,
      h("button", { class: "round", type: "button", "aria-label": W.hide, onclick: () => this.hide() }, icon("down")));
    this.dialog = h("dialog", { class: "panel", "aria-labelledby": "title", tabindex: "-1" }, this.head, this.menu, this.body);
    root.append(this.dialog, this.heard);
    this.listen();
  }

  listen() {
    this.dialog.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Escape" || event.isComposing) return;
      event.preventDefault();
      event.stopPropagation();
      this.escape();
    });
    this.dialog.addEventListener("cancel", (/** @type {Event} */ event) => { // a phone's way back
      event.preventDefault();
      this.escape();
    });
    this.dialog.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => {
      const path = event.composedPath();
      if (!path.includes(this.menu) && !path.includes(this.options)) this.openMenu(false);
    });
    this.fullScreen.addEventListener("change", () => {
      if (!this.open) return;
      this.dialog.close();
      this.show(false);
    });
    visualViewport?.addEventListener("resize", () => { // a phone's keyboard covers the page without making it smaller
      this.dialog.style.setProperty("--height", `${Math.round(visualViewport?.height ?? innerHeight)}px`);
      this.view?.refresh();
    });
  }

  get open() {
    return this.dialog.open;
  }

  /** @param {boolean} [asked] false: it was open on the page before, so the focus stays where it is */
  show(asked = true) {
    if (!this.open) {
      if (this.fullScreen.matches) this.dialog.showModal();
      else this.dialog.setAttribute("open", "");
    }
    this.mark(true);
    this.told.shown();
    this.view?.refresh();
    if (asked) this.focus();
  }

  hide() {
    this.closeSheet?.();
    this.openMenu(false);
    this.dialog.close();
    this.mark(false);
    this.told.shown();
    this.launcher.focus();
  }

  /** @param {boolean} open */
  mark(open) {
    this.launcher.setAttribute("aria-expanded", String(open));
    this.launcher.firstElementChild?.replaceWith(icon(open ? "down" : "chat"));
  }

  focus() {
    if (this.open) (this.touch.matches ? this.dialog : this.view?.focus ?? this.dialog).focus();
  }

  /** Closes what is on top. */
  escape() {
    if (this.closeSheet) this.closeSheet();
    else if (this.menu.hidden) this.hide();
    else {
      this.openMenu(false);
      this.options.focus();
    }
  }

  /** @param {boolean} open */
  openMenu(open) {
    this.menu.hidden = !open;
    this.options.setAttribute("aria-expanded", String(open));
    if (open) this.menu.firstElementChild?.focus();
  }

  /** Shows another view. @param {View} view @param {{words: string, act: () => void, kind?: string}[]} items of the menu */
  turn(view, items = []) {
    this.closeSheet?.();
    this.openMenu(false);
    this.view = view;
    this.body.replaceChildren(...view.nodes);
    this.options.hidden = !items.length;
    this.menu.replaceChildren(...items.map(({ words, act, kind = "" }) => h("button", { type: "button", class: kind, onclick: () => {
      this.openMenu(false);
      this.options.focus();
      act();
    } }, words)));
    view.refresh();
    this.focus();
  }

  /** Presence and unread messages, in the header and on the button. @param {boolean} online @param {import("./chat.js").Row[]} unread @param {string} site */
  label(online, unread, site) {
    say(this.presence, online ? W.online : W.away);
    this.presence.classList.toggle("on", online);
    this.badge.hidden = !unread.length;
    say(this.badge, unread.length > 9 ? "9+" : String(unread.length));
    this.launcher.setAttribute("aria-label", unread.length ? `${this.launch}, ${fill(W.unread, unread.length)}` : this.launch);
    const last = unread.at(-1);
    if (last?.cursor && last.cursor > this.announced) {
      this.announced = last.cursor;
      if (!this.open) say(this.heard, fill(W.heard, last.name ?? site));
    }
  }

  /** Asks something, over the view. @param {Question} question */
  ask({ title, why, yes, act, fields = [], danger = false, said = "" }) {
    this.closeSheet?.();
    const from = /** @type {HTMLElement|null} */ (this.shadow.activeElement);
    const whole = h("p", { class: "error", role: "alert" }, said);
    const button = h("button", { class: `button ${danger ? "bad" : ""}`, type: "submit" }, yes);
    const cancel = h("button", { class: "button quiet", type: "button", onclick: () => this.closeSheet?.() }, W.cancel);
    const answer = async () => {
      if (button.getAttribute("aria-disabled")) return;
      button.setAttribute("aria-disabled", "true");
      for (const one of fields) one.say();
      say(whole, "");
      try {
        await act(Object.fromEntries(fields.map((one) => [one.name, one.input.value.trim() || null])));
        if (veil.isConnected) this.closeSheet?.();
      } catch (problem) {
        if (problem instanceof Problem && problem.gone) this.told.gone();
        else refuse(fields, whole, problem);
      }
      button.removeAttribute("aria-disabled");
    };
    const form = h("form", { novalidate: true, onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      answer();
    } }, h("h3", { id: "ask" }, title), h("p", { class: "hint", id: "why" }, why), ...fields.map((one) => one.node), whole, button, cancel);
    const veil = h("div", { class: "veil" }, h("div", {
      class: "sheet", role: "dialog", "aria-modal": "true", "aria-labelledby": "ask", "aria-describedby": "why",
    }, form));
    const below = [this.head, this.body];
    for (const part of below) part.inert = true;
    this.dialog.append(veil);
    this.closeSheet = () => {
      this.closeSheet = null;
      veil.remove();
      for (const part of below) part.inert = false;
      if (from?.isConnected && this.open) from.focus();
      else this.focus();
    };
    (fields[0]?.input ?? cancel).focus();
  }
}
