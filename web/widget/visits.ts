/**
 * Counting page views (N1): which path, and from which other host; no id, nothing kept. A view is told when it ends, so
 * that before the visitor's first act the page asks for its site and for nothing else. Who sends "do not track" or
 * "global privacy control" is not counted.
 */

export function countVisits(origin: string, site_id: string) {
  if (navigator.doNotTrack === "1" || (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl) return;
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
