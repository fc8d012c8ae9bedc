import { Page } from "../ui/page";

export default function Area({ route }: { route: string[] }) {
  return <Page title="Desk">{route.join("/")}</Page>;
}
