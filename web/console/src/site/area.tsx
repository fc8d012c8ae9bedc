import { Page } from "../ui/page";

export default function Area({ route }: { route: string[] }) {
  return <Page title="Site">{route.join("/")}</Page>;
}
