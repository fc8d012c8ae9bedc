/** Acts on a website's page as its visitor would, and marks where each act begins and ends. The page does it by itself,
 * so that nothing that watches it takes part in what is measured. */

const settled = () =>
  new Promise((done) => requestAnimationFrame(() => setTimeout(() => requestIdleCallback(done))));

const widget = () => document.querySelector("imchat-widget")?.shadowRoot;

/** @param name of the act @param act begins it @param done whether it is over */
async function measured(name, act, done) {
  await settled();
  performance.mark(`${name}:begin`);
  await new Promise((next) => setTimeout(next)); // a task of its own
  const over = new Promise((end) => {
    const watch = new MutationObserver(() => {
      if (!done()) return;
      watch.disconnect();
      end();
    });
    for (const root of [document.documentElement, widget()]) {
      if (root) watch.observe(root, { subtree: true, childList: true, attributes: true });
    }
  });
  performance.mark(`${name}:act`);
  act();
  await over;
  await settled();
  performance.mark(`${name}:end`);
}

function addScript(src, site) {
  const script = Object.assign(document.createElement("script"), { src, crossOrigin: "", async: true });
  script.dataset.site = site;
  document.head.append(script);
}

/** A script that builds one button. */
window.floor = (name, src) => measured(name, () => addScript(src, ""), () => document.querySelector("html > button"));

/** The widget, until its button can be pressed. */
window.load = (src, site) => measured("load", () => addScript(src, site), () => widget()?.querySelector(".launcher"));

/** Its window, until something can be written in it. */
window.press = () => measured(
  "press",
  () => widget().querySelector(".launcher").click(),
  () => widget().querySelector("dialog[open] textarea"),
);

/** The first message, until it has its place. */
window.send = (text) => measured(
  "send",
  () => {
    widget().querySelector("#message").value = text;
    widget().querySelector("form").requestSubmit();
  },
  () => widget().querySelector(".row.sent"),
);
