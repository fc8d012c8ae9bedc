import { at } from "../route";
import { Page } from "../ui/page";

export function NotHere() {
  return (
    <Page title="There is nothing here" up={{ to: at("desk", "requests"), words: "Requests" }}>
      <p>This address leads nowhere in the privacy desk.</p>
    </Page>
  );
}
