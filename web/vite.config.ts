/** The consoles, the person's pages and the API's: built into build/web/, assets named by their content. */

import { basename, resolve } from "node:path";
import { defineConfig, type Plugin } from "vite";

const here = import.meta.dirname;
const pages = {
  ask: "person/ask.html",
  request: "person/your-request.html",
  api: "api/api.html",
  console: "console/index.html",
};

/** These pages stand at the root of the address, whatever folder their sources are in. */
const pagesAtTheRoot: Plugin = {
  name: "pages-at-the-root",
  enforce: "post",
  generateBundle(_options, bundle) {
    for (const file of Object.values(bundle)) {
      if (/^(person|api)\//.test(file.fileName)) file.fileName = basename(file.fileName);
    }
  },
};

export default defineConfig({
  root: here,
  base: "/",
  publicDir: false,
  plugins: [pagesAtTheRoot],
  build: {
    outDir: resolve(here, "../build/web"),
    emptyOutDir: false,
    assetsInlineLimit: 0, // the pages' security policy takes nothing from data: addresses
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: Object.fromEntries(Object.entries(pages).map(([name, page]) => [name, resolve(here, page)])),
    },
  },
});
