// The public form of data-protection requests: what was typed stays until it has arrived.
const api = document.querySelector("script[data-api]").dataset.api;
const form = document.getElementById("ask-form");
const outcome = document.getElementById("outcome");
const field = (name) => form.elements.namedItem(name);

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function refuse(detail, name) {
  outcome.replaceChildren(element("p", { className: "problem" }, detail));
  const wrong = name && field(name);
  if (wrong instanceof HTMLElement) {
    wrong.setAttribute("aria-invalid", "true");
    wrong.focus();
  } else {
    outcome.scrollIntoView({ block: "nearest" });
  }
}

function received(reference, email) {
  const heading = element("h2", { tabIndex: -1 }, "We have your request");
  const next = email
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

async function send() {
  for (const input of form.elements) input.removeAttribute("aria-invalid");
  const given = Object.fromEntries([...new FormData(form)].filter(([, value]) => value.trim()));
  if (!given.email && !given.name && !given.phone) {
    refuse("Please give an email address, a name or a phone number: without one there is nothing to search by.", "email");
    return;
  }
  const answer = await fetch(`${api}/v1/rights-requests`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(given),
  });
  const said = await answer.json().catch(() => ({}));
  if (answer.ok) received(said.reference, given.email);
  else refuse(said.detail ?? "This did not work. What you wrote is still here: please try again in a moment.", said.field);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  outcome.replaceChildren();
  try {
    await send();
  } catch {
    refuse("The connection failed. What you wrote is still here: please try again.");
  }
  button.disabled = false;
});
