/** A button that copies a text. */

import { useState } from "preact/hooks";
import { Button } from "./button";

export function Copy({ text, children = "Copy" }: { text: string; children?: string }) {
  const [state, set] = useState<"" | "Copied" | "Copying was refused: select the text">("");
  return (
    <span class="copy">
      <Button icon={state === "Copied" ? "tick" : "copy"} onClick={() => navigator.clipboard.writeText(text).then(() => set("Copied"), () => set("Copying was refused: select the text"))}>
        {children}
      </Button>
      <span role="status" class="small mute">
        {state}
      </span>
    </span>
  );
}
