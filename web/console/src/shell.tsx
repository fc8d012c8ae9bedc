/** Navigation beside the page, who is signed in, the way out. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { asProblem } from "./problem";
import { at, useRoute } from "./route";
import { type Group, type Me, signOut } from "./session";
import { TwoStep } from "./sign-in/two-step";
import { IconButton } from "./ui/button";
import { Icon, type IconName } from "./ui/icon";
import { toast } from "./ui/toast";

interface Entry {
  to: string[];
  words: string;
  icon: IconName;
}

const NAVIGATION: { group: Group; title: string; entries: Entry[] }[] = [
  { group: "operator", title: "Answering", entries: [{ to: ["chats"], words: "Chats", icon: "chats" }] },
  {
    group: "owner",
    title: "Your site",
    entries: [
      { to: ["site", "statistics"], words: "Statistics", icon: "chart" },
      { to: ["site", "settings"], words: "Settings", icon: "site" },
      { to: ["site", "operators"], words: "Operators", icon: "people" },
    ],
  },
  {
    group: "privacy",
    title: "Privacy desk",
    entries: [
      { to: ["desk", "requests"], words: "Requests", icon: "shield" },
      { to: ["desk", "correspondence"], words: "Correspondence", icon: "mail" },
      { to: ["desk", "purchases"], words: "Purchases", icon: "purchase" },
      { to: ["desk", "disclosures"], words: "Disclosures", icon: "disclosure" },
      { to: ["desk", "restricted"], words: "Restricted", icon: "key" },
      { to: ["desk", "views"], words: "Who looked", icon: "eye" },
      { to: ["desk", "register"], words: "Register", icon: "register" },
      { to: ["desk", "proof"], words: "Proof", icon: "tick" },
    ],
  },
];

export function Shell({ me, children }: { me: Me; children: ComponentChildren }) {
  const route = useRoute();
  const [open, setOpen] = useState(false);
  const [securing, secure] = useState(false);
  const menu = useRef<HTMLElement>(null);
  useEffect(() => setOpen(false), [route.join("/")]);
  return (
    <div class="shell">
      <a class="skip" href="#main" onClick={toContent}>
        To the content
      </a>
      <header class="topbar">
        <IconButton icon="menu" label="Navigation" aria-expanded={open} onClick={() => setOpen(!open)} />
        <span class="brand">Chat console</span>
      </header>
      <nav class={open ? "nav open" : "nav"} ref={menu} aria-label="Console" onKeyDown={(event) => event.key === "Escape" && setOpen(false)}>
        <span class="brand">
          <span class="mark">
            <Icon name="chats" />
          </span>
          Chat console
        </span>
        {NAVIGATION.filter(({ group }) => me.groups.includes(group)).map(({ title, entries }) => (
          <div class="nav-group" key={title}>
            <h2>{title}</h2>
            <ul>
              {entries.map(({ to, words, icon }) => (
                <li key={words}>
                  <a href={at(...to)} aria-current={to.every((part, place) => route[place] === part) ? "page" : undefined}>
                    <Icon name={icon} />
                    {words}
                  </a>
                </li>
              ))}
            </ul>
          </div>
        ))}
        <div class="nav-me">
          <p>
            <strong>
              <bdi>{me.name}</bdi>
            </strong>
            <span>{me.username}</span>
          </p>
          <button type="button" onClick={() => secure(true)}>
            <Icon name="key" size={16} /> Two-step sign-in
          </button>
          <button type="button" onClick={() => signOut().catch((failure: unknown) => toast(`You are still signed in. ${asProblem(failure).message}`))}>
            <Icon name="out" size={16} /> Sign out
          </button>
        </div>
      </nav>
      {open && <div class="nav-veil" onClick={() => setOpen(false)} />}
      <div class="content">{children}</div>
      {securing && <TwoStep close={() => secure(false)} />}
    </div>
  );
}

function toContent(event: Event): void {
  event.preventDefault(); // the part of the address behind # is the place
  document.getElementById("main")?.focus();
}
