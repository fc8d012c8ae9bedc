/**
 * The widget, built into build/web/: widget.js, a classic script under a fixed name, and beside it widget/, which that
 * loads when it is needed: the second part, and each language, named by their content.
 */

import { rmSync } from "node:fs";
import { resolve } from "node:path";
import { type Plugin, defineConfig } from "vite";

const here = import.meta.dirname;
const out = resolve(here, "../build/web");
const LANGUAGES = ["en", "fr", "ar", "de", "es"];

/** Tells the first part the others' names, and keeps its own to itself: a classic script shares its scope with the page. */
const parts: Plugin = {
  name: "parts",
  enforce: "post",
  generateBundle(_, bundle) {
    const chunks = Object.values(bundle).filter((one) => one.type === "chunk");
    const first = chunks.find((one) => one.name === "widget")!;
    if (first.imports.length || first.exports.length || chunks.length !== LANGUAGES.length + 2) {
      throw new Error("a part of the widget shares code with another: hand it over in Page");
    }
    const names = chunks.filter((one) => one !== first).map((one) => [one.name, one.fileName]);
    const code = first.code.replace(/\bPARTS\b/, () => `(${JSON.stringify(Object.fromEntries(names))})`);
    if (code === first.code) throw new Error("the first part asks for no other");
    first.code = `(()=>{${code.trim()}})();`;
    rmSync(resolve(out, "widget"), { recursive: true, force: true }); // what was built before, under other names
  },
};

export default defineConfig({
  root: here,
  publicDir: false,
  plugins: [parts],
  build: {
    outDir: out,
    emptyOutDir: false,
    target: "es2022",
    cssTarget: ["chrome125", "firefox125", "safari17.5"],
    modulePreload: false,
    rolldownOptions: {
      preserveEntrySignatures: "strict",
      input: {
        widget: resolve(here, "widget/widget.ts"),
        main: resolve(here, "widget/main.ts"),
        ...Object.fromEntries(LANGUAGES.map((one) => [one, resolve(here, `widget/words/${one}.ts`)])),
      },
      output: {
        entryFileNames: ({ name }) => (name === "widget" ? "widget.js" : "widget/[name]-[hash].js"),
        minify: true,
      },
    },
  },
});
