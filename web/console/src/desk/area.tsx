/** The privacy desk: what lies where. */

import { useEffect } from "preact/hooks";
import { at, go } from "../route";
import { NotHere } from "./not-here";
import { ProofPage } from "./proof";
import { RegisterPage } from "./register";
import { CorrespondencePage } from "./records/correspondence";
import { CorrespondenceList } from "./records/correspondence-list";
import { DisclosurePage } from "./records/disclosure";
import { DisclosureList } from "./records/disclosure-list";
import { PurchasePage } from "./records/purchase";
import { PurchaseList } from "./records/purchase-list";
import { RestrictedPage } from "./restricted";
import { RequestPage } from "./request/request";
import { Intake, IntakeFrom } from "./requests/intake";
import { RequestList } from "./requests/list";
import { ReviewPage } from "./review/review";
import { ViewsPage } from "./views";
import "./desk.css";
import "./request.css";
import "./review.css";

export default function Area({ route }: { route: string[] }) {
  const [place, which, part, store] = route;
  useEffect(() => {
    if (place === undefined) go(at("desk", "requests"), { instead: true });
  }, [place]);
  if (place === undefined) return null;
  if (place === "requests") {
    if (!which) return <RequestList />;
    if (which === "new") return part ? <IntakeFrom key={part} id={part} /> : <Intake />;
    if (part === "review") return <ReviewPage key={which} reference={which} store={store} />;
    return <RequestPage key={which} reference={which} />;
  }
  if (place === "correspondence") return which ? <CorrespondencePage key={which} id={which} /> : <CorrespondenceList />;
  if (place === "purchases") return which ? <PurchasePage key={which} id={which} /> : <PurchaseList />;
  if (place === "disclosures") return which ? <DisclosurePage key={which} id={which} /> : <DisclosureList />;
  if (place === "restricted") return <RestrictedPage />;
  if (place === "views") return <ViewsPage />;
  if (place === "proof") return <ProofPage />;
  if (place === "register") return <RegisterPage />;
  return <NotHere />;
}
