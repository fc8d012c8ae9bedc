/**
 * Counting page views (N1): which path, and from which other host; no id, nothing kept. A view is told when it ends, so
 * that before the visitor's first act the page asks for its site and for nothing else. Nobody is counted who minds: by
 * "do not track", by "global privacy control", or by the entry UNCOUNTED in the website's local storage.
 */

/** The entry of the website's local storage that says no. The notice names it (imchat.register.notice). */
export const UNCOUNTED = "imchat-not-counted";

/** Whether the visitor said no. Throws where the browser keeps nothing. */
const saidNo = () => localStorage.getItem(UNCOUNTED) !== null;

/** Whether views may be counted here at all. Where the browser keeps nothing nobody could say no, so nobody is counted. */
export function mayCount() {
  if (navigator.doNotTrack === "1" || (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl) return false;
  try {
    saidNo();
    return true;
  } catch {
    return false;
  }
}

export function countVisits(origin: string, site_id: string) {
  let path = location.pathname;
  let told = false;
  let referrer: string | undefined;
  try {
    const from = new URL(document.referrer);
    if (from.host !== location.host) referrer = from.origin;
  } catch { /* there is none */ }

  function tell() {
    if (told) return;
    told = true;
    if (saidNo()) return; // asked anew each time: it may have been said a moment ago, here or in another tab
    // As text, for a page that is being left does not wait for leave to send JSON to another host.
    fetch(`${origin}/v1/visits`, {
      method: "POST", keepalive: true, credentials: "omit", referrerPolicy: "no-referrer",
      headers: { "Content-Type": "text/plain" }, body: JSON.stringify({ site_id, path, referrer }),
    }).catch(() => {}); // one view less
    referrer = undefined;
  }
  /** A page that changes its address without being loaded anew begins another view. */
  function look() {
    if (location.pathname === path) return;
    tell();
    path = location.pathname;
    told = false;
  }

  (window as { navigation?: EventTarget }).navigation?.addEventListener("currententrychange", look);
  for (const sign of ["popstate", "click"]) addEventListener(sign, look, true); // where there is no Navigation API
  addEventListener("pagehide", tell);
  addEventListener("pageshow", ({ persisted }) => persisted && (told = false));
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) return;
    look();
    tell();
  });
}
