/** Addresses of the console: every object has one, filters live in the query, links are plain links. */

class Route {
  path = $state(location.pathname);
  query = $state.raw(new URLSearchParams(location.search));

  constructor() {
    addEventListener("popstate", () => this.#read());
    addEventListener("click", (event) => this.#follow(event));
  }

  go(address: string, options: { isReplaced?: boolean } = {}): void {
    history[options.isReplaced ? "replaceState" : "pushState"](null, "", address);
    this.#read();
  }

  get(name: string): string {
    return this.query.get(name) ?? "";
  }

  /** Changes filters in place; an empty value drops its name. */
  set(values: Record<string, string | undefined>): void {
    const next = new URLSearchParams(this.query);
    for (const [name, value] of Object.entries(values)) {
      if (value) next.set(name, value);
      else next.delete(name);
    }
    this.go(this.path + (next.size > 0 ? `?${next}` : ""), { isReplaced: true });
  }

  #read(): void {
    this.path = location.pathname;
    this.query = new URLSearchParams(location.search);
  }

  #follow(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey)
      return;
    const link = (event.target as Element).closest("a");
    if (link === null || link.origin !== location.origin || link.hasAttribute("download") || link.target)
      return;
    // A place on this very page, like the one "skip to content" leads to, is the browser's business.
    if (link.getAttribute("href")?.startsWith("#")) return;
    const leavesApp = link.pathname.startsWith("/crew") !== this.path.startsWith("/crew");
    if (leavesApp || link.pathname.startsWith("/api/")) return;
    const staysOnPage = link.hash !== "" && link.pathname === this.path;
    if (staysOnPage) return;
    event.preventDefault();
    this.go(link.pathname + link.search);
  }
}

export const route = new Route();

/** `/light-points/:id` against a path: the named parts, or undefined. */
export function match(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split("/");
  const given = path.replace(/\/+$/, "").split("/");
  if (wanted.length !== given.length) return undefined;
  const parts: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index]!;
    if (part.startsWith(":")) parts[part.slice(1)] = decodeURIComponent(value);
    else if (part !== value) return undefined;
  }
  return parts;
}
