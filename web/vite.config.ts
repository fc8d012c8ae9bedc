/** The consoles and the person's pages: built into build/web/, assets named by their content. */

import { resolve } from "node:path";
import { defineConfig } from "vite";

const here = import.meta.dirname;

export default defineConfig({
  root: here,
  base: "/",
  publicDir: false,
  build: {
    outDir: resolve(here, "../build/web"),
    emptyOutDir: false,
    assetsInlineLimit: 0, // the pages' security policy takes nothing from data: addresses
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { console: resolve(here, "console/index.html") } },
  },
});
