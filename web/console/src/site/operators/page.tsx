import { Page } from "../../ui/page";
export const OperatorsPage = () => <Page title="operators">…</Page>;
