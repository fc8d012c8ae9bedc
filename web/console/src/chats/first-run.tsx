/** No chats: either all is done, or the widget stands on no page yet. */

import { useEffect, useState } from "preact/hooks";
import { get, query } from "../api";
import { me } from "../session";
import { IconButton } from "../ui/button";
import { Empty } from "../ui/states";
import { toast } from "../ui/toast";
import type { Chat } from "./model";
import type { ChatStore } from "./store";

export function FirstRun({ store }: { store: ChatStore }) {
  const [ever, set] = useState<boolean>();
  useEffect(() => {
    // Where this cannot be found out, the calmer of the two is shown.
    get<{ chats: Chat[] }>(query("/v1/operator/chats", { status: "closed", limit: 1 })).then(({ chats }) => set(chats.length > 0), () => set(true));
  }, [store]);
  if (ever === undefined) return null;
  if (ever)
    return (
      <Empty icon="tick" title="All quiet">
        <p>No chat is open. A new one appears here by itself, with a sound.</p>
      </Empty>
    );
  const snippet = `<script src="${location.origin}/widget.js" data-site="${me.value?.siteId ?? ""}" crossorigin async></script>`;
  return (
    <Empty icon="chats" title="Waiting for the first chat">
      <p>Put this line on the pages where people shall be able to write to you. It is all that it takes.</p>
      <div class="snippet">
        <code>{snippet}</code>
        <IconButton icon="copy" label="Copy the line" onClick={() => void navigator.clipboard.writeText(snippet).then(() => toast("Copied."), () => toast("This browser does not let pages copy. Select the line instead."))} />
      </div>
      <p>Then open one of them, press the chat button and say hello to yourself.</p>
    </Empty>
  );
}
