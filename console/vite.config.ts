import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte()],
  build: {
    target: "es2023",
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    chunkSizeWarningLimit: 1200,
    rolldownOptions: { input: { console: "index.html", crew: "crew.html" } },
  },
  test: { include: ["src/**/*.test.ts"] },
});
