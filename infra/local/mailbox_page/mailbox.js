// The mailbox: a list that follows what is sent, and the mail that the address names after its #.

const EVERY_MS = 1500;
const find = (id) => document.getElementById(id);
const list = find("list");
const state = find("state");
let mails = [];
let shown = null;
let asText = false;

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function when(at) {
  const date = new Date(at);
  return date.toDateString() === new Date().toDateString() ? date.toLocaleTimeString() : date.toLocaleString();
}

function entry(mail) {
  const link = element(
    "a",
    { href: `#${mail.id}` },
    element("span", { dir: "auto", className: "to" }, mail.to),
    element("time", { dateTime: mail.at }, when(mail.at)),
    element("strong", { dir: "auto" }, mail.subject),
    element("span", { dir: "auto", className: "preview" }, mail.preview),
  );
  return element("li", { id: `mail-${mail.id}` }, link);
}

/** New mails go on top of those that stand there, so that nothing that somebody looks at moves or blinks. */
function follow(now) {
  const known = new Set(mails.map((mail) => mail.id));
  const fresh = now.filter((mail) => !known.has(mail.id));
  list.prepend(...fresh.map(entry));
  mails = now;
  const said = mails.length ? `${mails.length} sent, newest first` : "Nothing was sent yet. What is sent appears here by itself.";
  if (state.textContent !== said) state.textContent = said;
  if (fresh.length) show();
}

async function showText(id) {
  const answer = await fetch(`/mailbox/mails/${id}/text`);
  const text = await answer.text();
  if (shown === id) find("text").textContent = text;
}

function show() {
  const id = location.hash.slice(1);
  const mail = mails.find((one) => one.id === id);
  document.body.classList.toggle("open", Boolean(mail));
  find("mail").hidden = !mail;
  find("nothing").hidden = Boolean(mail);
  for (const link of list.querySelectorAll("a")) {
    if (link.hash === location.hash && mail) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  if (!mail) {
    document.title = "Mailbox";
    shown = null;
    return;
  }
  if (shown === id) return;
  shown = id;
  document.title = `${mail.subject} · Mailbox`;
  for (const name of ["subject", "from", "to"]) find(name).textContent = mail[name];
  find("at").textContent = new Date(mail.at).toLocaleString();
  find("at").dateTime = mail.at;
  find("as-page").disabled = !mail.has_html;
  find("page").src = `/mailbox/mails/${id}/html`;
  find("text").textContent = "";
  void showText(id);
  view(asText || !mail.has_html);
}

function view(text) {
  find("text").hidden = !text;
  find("page").hidden = text;
  find("as-text").setAttribute("aria-pressed", String(text));
  find("as-page").setAttribute("aria-pressed", String(!text));
}

async function look() {
  try {
    const answer = await fetch("/mailbox/mails");
    if (!answer.ok) throw new Error(String(answer.status));
    follow(await answer.json());
  } catch {
    state.textContent = "The mailbox cannot be reached; trying again …";
  }
}

async function keepLooking() {
  if (!document.hidden) await look();
  setTimeout(keepLooking, EVERY_MS);
}

find("as-page").addEventListener("click", () => view((asText = false)));
find("as-text").addEventListener("click", () => view((asText = true)));
addEventListener("hashchange", () => {
  show();
  if (shown) find("subject").focus({ preventScroll: true });
});
document.addEventListener("visibilitychange", () => void (document.hidden || look()));
void keepLooking();
