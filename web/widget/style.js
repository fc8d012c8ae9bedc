/** How the window looks. The button, the colours and their dark half are in ../widget.js. */

export const CSS = `
button, input, textarea { font: inherit; color: inherit; letter-spacing: inherit; }
button { cursor: pointer; border: 0; background: none; touch-action: manipulation; }
:focus { outline: none; }
:focus-visible { outline: 2px solid var(--text); outline-offset: 2px; }
.hear { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.more { stroke-width: 2.8; }
a { color: inherit; text-underline-offset: 2px; overflow-wrap: anywhere; }

.badge { position: absolute; inset-block-start: -4px; inset-inline-end: -4px; min-width: 22px; height: 22px; padding: 0 6px;
  border-radius: 11px; background: #b3261e; color: #fff; font-weight: 650; font-size: .8em; line-height: 22px; text-align: center; }

.panel { position: fixed; z-index: 2147483647; inset: auto; inset-block-end: 92px; inset-inline-end: 20px; border: 0;
  width: 392px; height: min(700px, 100dvh - 112px); max-width: none; max-height: none; background: var(--paper); color: inherit; border-radius: 18px;
  overflow: hidden; box-shadow: 0 0 0 1px #00000012, 0 2px 6px #00000014, 0 18px 50px #0000003d; }
.panel[open] { display: flex; flex-direction: column; }
.panel::backdrop { background: none; }
.head { display: flex; align-items: center; gap: 12px; padding: 14px var(--gap); background: var(--accent); color: var(--ink); }
.head :focus-visible { outline-color: var(--ink); }
.mark { flex: none; width: 40px; height: 40px; border-radius: 12px; display: grid; place-items: center; font-weight: 650; font-size: 1.2em;
  background: var(--ink); color: var(--accent); }
.who { flex: 1; min-width: 0; }
h2 { font-size: 1.067em; line-height: 1.3; font-weight: 650; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.presence { font-size: .867em; line-height: 1.4; display: flex; align-items: center; gap: 7px; }
.presence::before { content: ""; width: 8px; height: 8px; border-radius: 50%; border: 2px solid currentColor; }
.presence.on::before { background: #55e39b; border-color: #55e39b; box-shadow: 0 0 0 1.5px #0006; }
.round { flex: none; width: 40px; height: 40px; margin-inline-end: -8px; border-radius: 50%; display: grid; place-items: center; }
.round:hover { background: color-mix(in srgb, currentColor 14%, transparent); }
.menu { position: absolute; z-index: 2; inset-block-start: 60px; inset-inline-end: 12px; min-width: 210px; padding: 6px; border-radius: 12px;
  background: var(--paper); color: var(--text); box-shadow: 0 0 0 1px var(--line), 0 12px 32px #0000003d; }
.menu button { display: block; width: 100%; padding: 9px 12px; border-radius: 8px; text-align: start; }
.menu button:hover, .menu button:focus-visible { background: var(--soft); }
.danger { color: var(--bad); }
.body { flex: 1; min-height: 0; display: flex; flex-direction: column; }
.scroll { flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain; padding: var(--gap); scrollbar-width: thin; }

h3 { font-size: 1.4em; line-height: 1.25; font-weight: 680; letter-spacing: -.01em; margin-bottom: 4px; text-wrap: balance; }
.hint { color: var(--mute); }
.notice { display: grid; grid-template-columns: auto 1fr; gap: 2px 10px; margin: 14px 0 16px; padding: 12px 14px; border-radius: 12px; background: var(--soft);
  font-size: .867em; line-height: 1.5; }
.notice .icon { width: 18px; height: 18px; margin-top: 1px; color: var(--mute); grid-row: span 2; }
.notice .links { margin-top: 4px; display: flex; flex-wrap: wrap; gap: 2px 14px; font-weight: 600; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 0 12px; }
.field { margin-bottom: 12px; min-width: 0; }
label { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 8px; font-weight: 600; font-size: .867em; margin-bottom: 4px; }
label small { font-size: 1em; font-weight: 400; color: var(--mute); }
input, textarea { display: block; width: 100%; padding: 9px 12px; border: 1px solid var(--field); border-radius: 10px; background: var(--paper); }
textarea { resize: none; min-height: 78px; }
input:focus-visible, textarea:focus-visible { outline: 2px solid var(--accent); outline-offset: -1px; border-color: var(--accent); }
[aria-invalid=true] { border-color: var(--bad); }
.error { color: var(--bad); font-size: .867em; font-weight: 550; margin-top: 4px; }
.error:empty { display: none; }
.button { display: block; width: 100%; min-height: 44px; padding: 9px 18px; border-radius: 12px; font-weight: 650; background: var(--accent); color: var(--ink); }
.button + .button, .error + .button { margin-top: 8px; }
.button:hover { box-shadow: inset 0 0 0 99px color-mix(in srgb, currentColor 9%, transparent); }
.button[aria-disabled=true] { opacity: .7; cursor: progress; }
.button.quiet { background: var(--soft); color: var(--text); }
.button.danger { color: var(--bad); }
.button.bad { background: var(--bad); color: var(--paper); }

.row { display: flex; flex-direction: column; align-items: flex-start; margin-top: 3px; padding-inline: 38px 28px; position: relative; }
.row.first { margin-top: 16px; }
.row.first:first-child { margin-top: 0; }
.row.mine { align-items: flex-end; padding-inline: 44px 0; }
.face { position: absolute; inset-inline-start: 0; inset-block-start: 22px; width: 28px; height: 28px; border-radius: 50%; background: var(--soft); color: var(--text);
  display: grid; place-items: center; font-size: .8em; font-weight: 650; box-shadow: inset 0 0 0 1px var(--line); }
.meta { font-size: .8em; line-height: 1.4; color: var(--mute); margin-bottom: 4px; }
.meta bdi { font-weight: 620; color: var(--text); }
.text { max-width: 100%; padding: 8px 13px; border-radius: 16px; background: var(--soft); white-space: pre-wrap; overflow-wrap: anywhere; }
.row.first .text { border-start-start-radius: 5px; }
.mine .text { background: var(--accent); color: var(--ink); border-radius: 16px; }
.row.mine.first .text { border-start-start-radius: 16px; border-start-end-radius: 5px; }
.mine .text :focus-visible { outline-color: var(--ink); }
.late .text { background: none; color: inherit; box-shadow: inset 0 0 0 1px var(--field); }
.refused .text { background: none; color: inherit; box-shadow: inset 0 0 0 1px var(--bad); }
.state { font-size: .8em; color: var(--mute); margin-top: 3px; }
.state:empty { display: none; }
.refused .state { color: var(--bad); }
.state button { text-decoration: underline; font-weight: 650; margin-inline-start: 6px; }
.aside { color: var(--mute); font-size: .867em; text-align: center; padding: 14px 24px 4px; text-wrap: balance; }
.strip { padding: 6px var(--gap); font-size: .867em; background: var(--soft); color: var(--text); text-align: center; }
.strip:empty { display: none; }
.composer { padding: 10px 14px 8px; border-top: 1px solid var(--line); }
.box { display: flex; align-items: flex-end; gap: 6px; border: 1px solid var(--field); border-radius: 22px; padding: 3px; }
.box:focus-within { border-color: var(--accent); box-shadow: 0 0 0 1px var(--accent); }
.box textarea { border: 0; background: none; min-height: 36px; max-height: 132px; padding: 6px 6px 6px 12px; outline: none; line-height: 24px; }
.box:dir(rtl) textarea { padding: 6px 12px 6px 6px; }
.go { flex: none; width: 36px; height: 36px; border-radius: 50%; background: var(--accent); color: var(--ink); display: grid; place-items: center; }
.go .icon { width: 19px; height: 19px; stroke-width: 2.3; }
.small { color: var(--mute); font-size: .767em; text-align: center; padding-top: 6px; }
.composer .error { padding: 0 10px 4px; }

.ended { max-height: 75%; overflow-y: auto; padding: 14px var(--gap) 16px; border-top: 1px solid var(--line); }
.strong { font-weight: 650; }
fieldset { border: 0; margin: 12px 0; }
legend { font-weight: 600; font-size: .867em; margin-bottom: 2px; }
.stars { display: inline-flex; direction: inherit; margin-inline-start: -6px; }
.stars label { margin: 0; padding: 4px 6px; cursor: pointer; color: var(--field); border-radius: 8px; }
.stars .icon { width: 28px; height: 28px; }
.stars label:has(:checked), .stars label:has(~ label :checked) { color: var(--accent); }
.stars label:has(:checked) .icon, .stars label:has(~ label :checked) .icon { fill: currentColor; }
.stars label:has(:focus-visible) { outline: 2px solid var(--text); }
.stars input { position: absolute; width: 1px; height: 1px; opacity: 0; }
.rating textarea { min-height: 60px; margin: 6px 0 8px; }
.actions { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 14px; }
.actions .button { flex: 1 1 40%; width: auto; margin: 0; }
.actions .button:first-child { flex-basis: 100%; }

.veil { position: absolute; inset: 0; z-index: 3; background: #0008; display: flex; align-items: flex-end; }
.sheet { width: 100%; max-height: 100%; overflow-y: auto; padding: 22px var(--gap) var(--gap); background: var(--paper); border-radius: 18px 18px 0 0; }
.sheet h3, .receipt h3 { font-size: 1.2em; }
.sheet .hint { margin-bottom: 16px; }
.receipt .tick { width: 46px; height: 46px; border-radius: 50%; background: var(--good); color: var(--paper); display: grid; place-items: center; margin-bottom: 12px; }
.receipt h4 { font-size: .867em; font-weight: 650; margin: 18px 0 6px; color: var(--mute); }
.receipt ul { list-style: none; border-top: 1px solid var(--line); }
.receipt li { padding: 8px 0; border-bottom: 1px solid var(--line); display: flex; justify-content: space-between; gap: 16px; }
.receipt li > :first-child { display: inline-block; }
.receipt li > :first-child::first-letter { text-transform: uppercase; }
.receipt .actions { margin-top: 20px; }
.receipt .why { display: block; color: var(--mute); font-size: .867em; }
.receipt .hint { margin: 14px 0 20px; font-size: .867em; }

@media (max-width: 480px), (max-height: 520px) {
  .panel { inset: 0; width: 100%; height: var(--height, 100dvh); border-radius: 0; }
  .head { padding-block: max(10px, env(safe-area-inset-top)) 10px; }
  .composer, .ended { padding-bottom: max(8px, env(safe-area-inset-bottom)); }
  input, textarea { font-size: max(16px, 1em); }
}
@media (max-width: 300px) { .pair { grid-template-columns: 1fr; } }
@media (prefers-reduced-motion: no-preference) {
  .panel[open] { animation: rise .18s cubic-bezier(.2, .8, .3, 1); }
  .sheet { animation: rise .16s ease-out; }
  .row.new { animation: rise .16s ease-out; }
  @keyframes rise { from { transform: translateY(10px); opacity: 0; } }
}
@media (forced-colors: active) { .panel, .menu, .text, .button { border: 1px solid; } .icon { stroke: CanvasText; } }
`;
