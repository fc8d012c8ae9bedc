/** What an authenticator app needs to know: as a picture to scan, and as letters to type. */

import { useMemo } from "preact/hooks";
import { encode } from "uqr";
import { toast } from "../ui/toast";
import { IconButton } from "../ui/button";

export function Secret({ secret, username }: { secret: string; username: string }) {
  const address = `otpauth://totp/${encodeURIComponent(`Chat console:${username}`)}?secret=${secret}&issuer=${encodeURIComponent("Chat console")}`;
  const path = useMemo(() => drawn(encode(address, { border: 2 }).data), [address]);
  return (
    <div class="secret">
      <p>Scan this with an authenticator app, or type the key into it. Then enter the code that the app shows.</p>
      <svg viewBox={`0 0 ${path.size} ${path.size}`} role="img" aria-label="QR code with the key for an authenticator app" shape-rendering="crispEdges">
        <rect width={path.size} height={path.size} fill="#fff" />
        <path d={path.d} fill="#000" />
      </svg>
      <p class="key">
        <code>{secret.match(/.{1,4}/g)?.join(" ")}</code>
        <IconButton icon="copy" label="Copy the key" onClick={() => navigator.clipboard.writeText(secret).then(() => toast("Copied."), () => toast("Your browser does not let us copy: please select the key."))} />
      </p>
    </div>
  );
}

function drawn(dark: boolean[][]): { d: string; size: number } {
  const d = dark.flatMap((row, y) => row.flatMap((on, x) => (on ? [`M${x} ${y}h1v1h-1z`] : []))).join("");
  return { d, size: dark.length };
}
