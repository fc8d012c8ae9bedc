// Where a person proves by a code that an address is theirs, and fetches the copy of their data.
const api = document.querySelector("script[data-api]").dataset.api;
const form = document.getElementById("code-form");
const send = document.getElementById("send");
const outcome = document.getElementById("outcome");
const reference = form.elements.namedItem("reference");
const code = form.elements.namedItem("code");

const asked = new URLSearchParams(location.search).get("reference");
if (asked && /^[a-z2-7]{4}(-[a-z2-7]{4}){2}$/.test(asked)) {
  reference.value = asked;
  code.focus();
}

function say(...nodes) {
  outcome.replaceChildren(
    ...nodes.map((node) => {
      const paragraph = document.createElement("p");
      paragraph.append(node);
      return paragraph;
    }),
  );
}

async function post(path, body) {
  const place = encodeURIComponent(reference.value.trim().toLowerCase());
  const answer = await fetch(`${api}/v1/rights-requests/${place}/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body ?? {}),
  });
  return { ok: answer.ok, status: answer.status, json: await answer.json().catch(() => ({})) };
}

// One code does one thing: it proves the address, or where that is done, it fetches the copy.
async function goOn() {
  const given = { code: code.value.trim() };
  const proven = await post("code", given);
  if (proven.ok) {
    say("Thank you: the address is yours. We search now, and write to you when the answer is ready.");
    return;
  }
  const copy = await post("copy", given);
  if (copy.ok) {
    const link = document.createElement("a");
    link.href = copy.json.url;
    link.className = "button";
    link.textContent = "Download your copy";
    say("Your copy is ready. This link holds for five minutes; you can ask for a new code at any time.", link);
    link.focus();
  } else if (copy.status === 404) {
    say("There is no copy to fetch yet. We write to you when it is ready.");
  } else {
    say(copy.json.detail ?? "This did not work. Please try again in a moment.");
  }
}

async function newCode() {
  const answer = await post("codes");
  say(
    answer.ok
      ? "If a code can help with this request, one is on its way to the address that belongs to it. At most three a day."
      : (answer.json.detail ?? "This did not work. Please try again in a moment."),
  );
}

async function busy(act) {
  const buttons = [...form.querySelectorAll("button")];
  for (const button of buttons) button.disabled = true;
  try {
    await act();
  } catch {
    say("The connection failed. Please try again.");
  }
  for (const button of buttons) button.disabled = false;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  busy(goOn);
});
send.addEventListener("click", () => {
  if (reference.reportValidity()) busy(newCode);
});
