import { readFileSync } from "node:fs";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** What we ship of others, with the file in their package that says on what terms. */
const SHIPPED: Record<string, string> = {
  archivo: "@fontsource-variable/archivo/LICENSE",
  "maplibre-gl": "maplibre-gl/LICENSE.txt",
  svelte: "svelte/LICENSE.md",
  uplot: "uplot/LICENSE",
};

function licences(): Plugin {
  return {
    name: "licences",
    generateBundle() {
      for (const [name, file] of Object.entries(SHIPPED)) {
        const source = readFileSync(new URL(`node_modules/${file}`, import.meta.url));
        this.emitFile({ type: "asset", fileName: `licences/${name}.txt`, source });
      }
    },
  };
}

export default defineConfig({
  plugins: [svelte(), licences()],
  build: {
    target: "es2023",
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    chunkSizeWarningLimit: 1200,
    rolldownOptions: { input: { console: "index.html", crew: "crew.html" } },
  },
  test: { include: ["src/**/*.test.ts"] },
});
