import { Page } from "../../ui/page";
export const SettingsPage = () => <Page title="settings">…</Page>;
