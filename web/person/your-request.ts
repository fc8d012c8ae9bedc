// Where a person proves by a code that an address is theirs, and fetches the copy of their data.

import { element, find, post, type Problem } from "./page";

const form = find<HTMLFormElement>("code-form");
const outcome = find("outcome");
const reference = find<HTMLInputElement>("reference");
const code = find<HTMLInputElement>("code");

const asked = new URLSearchParams(location.search).get("reference");
if (asked && /^[a-z2-7]{4}(-[a-z2-7]{4}){2}$/.test(asked)) {
  reference.value = asked;
  code.focus();
}

function say(...paragraphs: (Node | string)[]): void {
  outcome.replaceChildren(...paragraphs.map((one) => element("p", {}, one)));
}

/** The same for what did not work. */
function refuse(detail = "This did not work. Please try again in a moment."): void {
  outcome.replaceChildren(element("p", { className: "problem" }, detail));
}

/** Said instead of the form, which has done its work. */
function done(title: string, ...paragraphs: (Node | string)[]): void {
  const heading = element("h2", { tabIndex: -1 }, title);
  form.hidden = true;
  outcome.replaceChildren(element("div", { className: "card" }, heading, ...paragraphs.map((one) => element("p", {}, one))));
  heading.focus();
}

function call(act: string, body: unknown = {}) {
  const place = encodeURIComponent(reference.value.trim().toLowerCase());
  return post<{ url: string } & Problem>(`/v1/rights-requests/${place}/${act}`, body);
}

// One code does one thing: it proves the address, or where that is done, it fetches the copy.
async function goOn(): Promise<void> {
  const given = { code: code.value.trim() };
  if ((await call("code", given)).ok) {
    done("Thank you: the address is yours", "We search now, and write to you when the answer is ready. You can close this page.");
    return;
  }
  const copy = await call("copy", given);
  if (copy.ok && copy.said.url) {
    const link = element("a", { href: copy.said.url, className: "button" }, "Download your copy");
    done("Your copy is ready", "The link holds for five minutes. For another, load this page again and let us send you a code.", link);
    link.focus();
  } else if (copy.status === 404) {
    say("There is no copy to fetch yet. We write to you when it is ready.");
  } else {
    refuse(copy.said.detail);
  }
}

async function newCode(): Promise<void> {
  const answer = await call("codes");
  if (!answer.ok) return refuse(answer.said.detail);
  say("If a code can help with this request, one is on its way to the address that belongs to it. At most three a day.");
  code.value = "";
  code.focus();
}

async function busy(act: () => Promise<void>): Promise<void> {
  const buttons = form.querySelectorAll("button");
  for (const button of buttons) button.disabled = true;
  try {
    await act();
  } catch {
    refuse("The connection failed. Please try again.");
  }
  for (const button of buttons) button.disabled = false;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void busy(goOn);
});
find("send").addEventListener("click", () => {
  if (reference.reportValidity()) void busy(newCode);
});
