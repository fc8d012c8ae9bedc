/** Before a chat: why and how long, both policies, and only then what may be given (N2, N4, N5). */

import { Problem, backOff, pause, uniqueId } from "./api.js";
import { contact, field, refuse, wrongText } from "./fields.js";
import { h, icon, link, say } from "./nodes.js";
import { W, fill } from "./words.js";

const OPEN_TRIES = 4;

/** @param {import("./main.js").Widget} widget @param {string} [said] why it is shown @param {string} [draft] @returns {import("./panel.js").View} */
export function formView(widget, said = "", draft = "") {
  const title = h("h3", { tabindex: "-1" });
  const hint = h("p", { class: "hint" });
  const whole = h("p", { class: "error", role: "alert" }, said);
  const [name, email, phone] = contact();
  const message = field("message", "lines", { required: true, value: draft, rows: 3 });
  const button = h("button", { class: "button", type: "submit" });
  let id = uniqueId();
  let busy = false;

  /** @param {boolean} on */
  function setBusy(on) {
    busy = on;
    button.setAttribute("aria-disabled", String(on));
    say(button, on ? W.wait : widget.site.online ? W.start : W.leave);
  }

  async function submit() {
    const text = message.input.value;
    const wrong = wrongText(text);
    for (const one of [name, email, phone, message]) one.say();
    say(whole, "");
    if (busy || wrong) {
      message.say(busy ? "" : wrong);
      return;
    }
    setBusy(true);
    try {
      const given = [name, email, phone].map((one) => [one.name, one.input.value.trim()]).filter(([, value]) => value);
      const wanted = { site_id: widget.site.site_id, ...Object.fromEntries(given), text, client_id: id };
      widget.opened(await open(widget, wanted, (words) => say(whole, words)), text, id);
    } catch (problem) {
      if (problem instanceof Problem && problem.kind === "client_id_used") id = uniqueId();
      refuse([name, email, phone, message], whole, problem);
    } finally {
      setBusy(false);
    }
  }

  const form = h("form", { class: "scroll", novalidate: true, onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); submit(); } },
    title, hint, notice(widget.site), h("div", { class: "pair" }, name.node, email.node), phone.node, message.node, whole, button);
  return {
    nodes: [form],
    focus: said || draft ? message.input : title,
    draft: () => message.input.value,
    refresh() {
      say(title, widget.site.online ? W.hello : W.awayHello);
      say(hint, widget.site.online ? "" : W.awayHint);
      setBusy(busy);
    },
  };
}

/** @param {import("./main.js").Site} site */
function notice({ name, notice: { text, url, site_policy_url: policy } }) {
  return h("section", { class: "notice", "aria-label": W.notice }, icon("lock"), h("p", { dir: "auto" }, text),
    h("p", { class: "links" }, link(url, W.notice), policy && link(policy, fill(W.policy, name))));
}

/**
 * Opens a chat, trying again under the same id while nobody answers.
 * @param {import("./main.js").Widget} widget @param {Record<string, string>} wanted @param {(words: string) => void} saying
 */
async function open(widget, wanted, saying) {
  /** What nobody typed: where one of these is refused, the chat is opened without it. @type {Record<string, string|undefined>} */
  const technical = {
    locale: widget.page.locale,
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    page_url: /^https?:/.test(location.protocol) ? location.origin + location.pathname : undefined, // a query may hold anything
  };
  for (let tries = 1; ; tries++) {
    try {
      return await widget.api.call("POST", "/v1/chats", { body: { ...technical, ...wanted } });
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (problem.field && technical[problem.field]) {
        delete technical[problem.field];
      } else {
        if (!problem.passing || problem.status === 429 || tries >= OPEN_TRIES) throw problem;
        saying(W.offline);
        await pause(backOff(tries - 1, problem.retryAfter));
      }
    }
  }
}
