// The public form of data-protection requests: what was typed stays until it has arrived.

import { element, find, post, type Problem } from "./page";

const form = find<HTMLFormElement>("ask-form");
const outcome = find("outcome");
// Sent again, because no answer came, it is one request.
const client_id = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** What the form says where somebody complains: nothing is searched then, and nothing is to be proven. */
const COMPLAINT: Record<string, string> = {
  within: ", and within 30 days we tell you that we have your complaint",
  search: "How can we answer you?",
  "search-hint": "Give an email address, a postal address or a phone number; one of them is enough. Nothing is searched, and you need not prove who you are.",
  "details-label": "What is your complaint about?",
  "details-hint": "What happened, when, and what you would like us to do. Please no card numbers.",
};
const REQUEST = Object.fromEntries(Object.keys(COMPLAINT).map((id) => [id, [...find(id).childNodes]]));

const complains = (): boolean => new FormData(form).get("type") === "complaint";

/** Shows the form as what is chosen needs it; what was typed stays. */
function fit(): void {
  const complaint = complains();
  for (const [id, words] of Object.entries(COMPLAINT)) {
    if (complaint) find(id).replaceChildren(words);
    else find(id).replaceChildren(...(REQUEST[id] ?? []));
  }
  find("by-post").hidden = !complaint;
  find<HTMLTextAreaElement>("post").disabled = !complaint;
  find("by-key").hidden = complaint;
  find<HTMLInputElement>("chat_key").disabled = complaint;
}

const problem = element("p", { className: "problem", id: "problem" });

/** Says what is wrong, and says it below the field that is to blame, where one is. */
function refuse(detail: string, name?: string): void {
  problem.textContent = detail;
  const wrong = name && form.elements.namedItem(name);
  if (wrong instanceof HTMLElement) {
    wrong.setAttribute("aria-invalid", "true");
    describe(wrong, problem.id);
    wrong.parentElement?.append(problem);
    outcome.replaceChildren(element("p", { className: "unseen" }, detail));
    wrong.focus();
  } else {
    outcome.replaceChildren(problem);
    outcome.scrollIntoView({ block: "nearest" });
  }
}

function forget(): void {
  problem.remove();
  outcome.replaceChildren();
  for (const input of form.querySelectorAll("[aria-invalid]")) {
    input.removeAttribute("aria-invalid");
    describe(input);
  }
}

/** The field is described by its own hint, and by what is wrong with it where that is given. */
function describe(field: Element, wrong?: string): void {
  const own = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== problem.id);
  field.setAttribute("aria-describedby", [...own, ...(wrong ? [wrong] : [])].join(" "));
}

/** What happens next, step by step; a complaint needs no proof and no search. */
function way(reference: string, kind: string, byMail: boolean): Node[] {
  if (kind === "complaint")
    return [
      element("p", {}, `Within 30 days we tell you that we have it${byMail ? ": a mail is on its way to you" : ", by post or by telephone"}.`),
      element("p", {}, "A person of our staff looks into your complaint, and we write to you how it goes."),
      element("p", {}, "Without undue delay we tell you what came of it. You can also complain to the Information Commissioner’s Office at any time; its address is in the privacy notice."),
    ];
  const answer = element("p", {}, `We answer within one month${byMail ? ", by mail" : ""}. If it should take longer, we tell you why.`);
  const prove = byMail
    ? element(
        "div",
        {},
        element("p", {}, "A mail with a code is on its way to you. Enter the code to prove that the address is yours."),
        element("p", { className: "buttons" }, element("a", { className: "button", href: `/your-request.html?reference=${reference}` }, "Enter the code")),
      )
    : element("p", {}, "Without an email address we have to make sure in another way that it is you. Write to us or call, and name the reference; our address is in the privacy notice.");
  return [prove, element("p", {}, "Then we search everywhere where something about you may be, and a person of our staff looks at what was found."), answer];
}

function received(reference: string, kind: string, byMail: boolean): void {
  const heading = element("h2", { tabIndex: -1 }, kind === "complaint" ? "We have your complaint" : "We have your request");
  form.hidden = true;
  outcome.replaceChildren(
    element(
      "div",
      { className: "card" },
      heading,
      element("p", {}, "Its reference is ", element("strong", { className: "reference" }, reference), ". Please note it down."),
      element("ol", { className: "way" }, ...way(reference, kind, byMail).map((step) => element("li", {}, step))),
    ),
  );
  heading.focus();
}

async function send(): Promise<void> {
  const filled = [...new FormData(form)].filter(([, value]) => typeof value === "string" && value.trim());
  const given: Record<string, unknown> = Object.fromEntries(filled);
  if (given.type === "complaint") {
    if (!given.email && !given.post && !given.phone) {
      refuse("Please give an email address, a postal address or a phone number: without one we cannot answer you.", "email");
      return;
    }
    if (!given.details) {
      refuse("Please say what your complaint is about.", "details");
      return;
    }
  } else if (!given.email && !given.name && !given.phone) {
    refuse("Please give an email address, a name or a phone number: without one there is nothing to search by.", "email");
    return;
  }
  const answer = await post<{ reference: string } & Problem>("/v1/rights-requests", { ...given, client_id });
  if (answer.ok && answer.said.reference) received(answer.said.reference, String(given.type), Boolean(given.email));
  else refuse(answer.said.detail ?? "This did not work. What you wrote is still here: please try again in a moment.", answer.said.field);
}

form.addEventListener("change", fit);
const chosen = new URLSearchParams(location.search).get("type");
for (const input of form.querySelectorAll<HTMLInputElement>("input[name=type]")) if (input.value === chosen) input.checked = true;
fit(); // a browser may keep what was chosen before

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const buttons = form.querySelectorAll("button");
  for (const button of buttons) button.disabled = true;
  forget();
  try {
    await send();
  } catch {
    refuse("The connection failed. What you wrote is still here: please try again.");
  }
  for (const button of buttons) button.disabled = false;
});
