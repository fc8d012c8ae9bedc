/** The API's description as a page: made from /v1/openapi.json when it is opened. */

import { render } from "preact";
import "../console/src/style/tokens.css";
import "../console/src/style/base.css";
import "../console/src/style/parts.css";
import "./api.css";
import type { Description } from "./description";
import { Reference } from "./reference";

const ADDRESS = "/v1/openapi.json";

async function show(place: HTMLElement): Promise<void> {
  const answer = await fetch(ADDRESS);
  if (!answer.ok) throw new Error(String(answer.status));
  const description = (await answer.json()) as Description;
  place.replaceChildren();
  render(<Reference of={description} />, place);
}

const place = document.getElementById("api");
if (place) {
  show(place).catch(() => {
    place.replaceChildren();
    render(
      <p class="failure" role="alert">
        The description could not be loaded. Please load this page again.
      </p>,
      place,
    );
  });
}
