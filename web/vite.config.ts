/** The consoles and the person's pages: built into build/web/, assets named by their content. */

import { basename, resolve } from "node:path";
import { defineConfig, type Plugin } from "vite";

const here = import.meta.dirname;
const pages = {
  ask: "person/ask.html",
  request: "person/your-request.html",
  console: "console/index.html",
};

/** A person's page stands at the root of the address, whatever folder its source is in. */
const personsPagesAtTheRoot: Plugin = {
  name: "persons-pages-at-the-root",
  enforce: "post",
  generateBundle(_options, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.fileName.startsWith("person/")) file.fileName = basename(file.fileName);
    }
  },
};

export default defineConfig({
  root: here,
  base: "/",
  publicDir: false,
  plugins: [personsPagesAtTheRoot],
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
