// The public form of data-protection requests: what was typed stays until it has arrived.

import { element, find, post, type Problem } from "./page";

const form = find<HTMLFormElement>("ask-form");
const outcome = find("outcome");

function refuse(detail: string, name?: string): void {
  outcome.replaceChildren(element("p", { className: "problem" }, detail));
  const wrong = name && form.elements.namedItem(name);
  if (wrong instanceof HTMLElement) {
    wrong.setAttribute("aria-invalid", "true");
    wrong.focus();
  } else {
    outcome.scrollIntoView({ block: "nearest" });
  }
}

function received(reference: string, byMail: boolean): void {
  const heading = element("h2", { tabIndex: -1 }, "We have your request");
  const next = byMail
    ? [
        element("p", {}, "A mail with a code is on its way to you. Enter the code to prove that the address is yours; then we begin to search."),
        element("p", {}, element("a", { className: "button", href: `/your-request.html?reference=${reference}` }, "Enter the code")),
      ]
    : [element("p", {}, "Without an email address we have to make sure in another way that it is you. Write to us or call, and name the reference; our address is in the privacy notice.")];
  form.hidden = true;
  outcome.replaceChildren(
    heading,
    element("p", {}, "Its reference is ", element("strong", { className: "reference" }, reference), ". Please note it down."),
    ...next,
  );
  heading.focus();
}

async function send(): Promise<void> {
  for (const input of form.elements) input.removeAttribute("aria-invalid");
  const filled = [...new FormData(form)].filter(([, value]) => typeof value === "string" && value.trim());
  const given: Record<string, unknown> = Object.fromEntries(filled);
  if (!given.email && !given.name && !given.phone) {
    refuse("Please give an email address, a name or a phone number: without one there is nothing to search by.", "email");
    return;
  }
  const answer = await post<{ reference: string } & Problem>("/v1/rights-requests", given);
  if (answer.ok && answer.said.reference) received(answer.said.reference, Boolean(given.email));
  else refuse(answer.said.detail ?? "This did not work. What you wrote is still here: please try again in a moment.", answer.said.field);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const buttons = form.querySelectorAll("button");
  for (const button of buttons) button.disabled = true;
  outcome.replaceChildren();
  try {
    await send();
  } catch {
    refuse("The connection failed. What you wrote is still here: please try again.");
  }
  for (const button of buttons) button.disabled = false;
});
