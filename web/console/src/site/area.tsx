/** The owner's pages: what was counted, how the site's chat is set, who answers. */

import { useEffect } from "preact/hooks";
import { at, go } from "../route";
import { OperatorsPage } from "./operators/page";
import { SettingsPage } from "./settings/page";
import { StatisticsPage } from "./statistics/page";
import "./site.css";
import "./statistics/statistics.css";
import "./settings/settings.css";

export default function Area({ route }: { route: string[] }) {
  const [page, ...rest] = route;
  const known = page === "statistics" || page === "settings" || page === "operators";
  useEffect(() => {
    if (!known) go(at("site", "statistics"), { instead: true });
  }, [known]);
  if (page === "settings") return <SettingsPage />;
  if (page === "operators") return <OperatorsPage />;
  return known ? <StatisticsPage route={rest} /> : null;
}
