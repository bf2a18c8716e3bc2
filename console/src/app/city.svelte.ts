/** What every screen shares: who reads, which organisation, what time it is there, how the city is now. */
import { get } from "../api/client";
import { clock } from "../api/clock";
import type { Page } from "../api/pages.svelte";
import { Query } from "../api/query.svelte";
import { stream } from "../api/stream.svelte";
import type { Cabinet, LightPoint, Me, Organisation, Overview } from "../api/types";
import { reader } from "../i18n/index.svelte";
import { nightNamed, nightOf, type NightWindow } from "../schedules/night";
import { darkBetween, HORIZON_DEG, sunAltitudeDeg, type Dark } from "../schedules/sun";
import { look } from "../ui/theme.svelte";

const OVERVIEW_EVERY_MS = 15_000;
const TICK_MS = 1_000;
const CABINET_PAGES_MAX = 20;
/** Fewer than this do not outline a city. */
const FEW_CABINETS = 10;

export interface Place {
  lonDeg: number;
  latDeg: number;
}

/** Where the Sun is looked for before the first cabinet is known. */
const SOMEWHERE: Place = { lonDeg: 2.35, latDeg: 46.6 };

async function allCabinets(signal: AbortSignal): Promise<Cabinet[]> {
  const found: Cabinet[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < CABINET_PAGES_MAX; page++) {
    const answer = await get<Page<Cabinet>>("/cabinets", { query: { cursor, limit: 200 }, signal });
    found.push(...answer.items);
    if (answer.next_cursor === null) break;
    cursor = answer.next_cursor;
  }
  return found;
}

class City {
  me = $state.raw<Me>();
  /** The organisation looked at; empty for all the reader may see. */
  organisationId = $state("");
  now = $state.raw(new Date());
  /** True once it is known where the city is, or that it is nowhere yet. */
  isPlaced = $state(false);
  readonly overview = new Query<Overview>((signal) =>
    get<Overview>("/overview", { query: { organisation_id: this.organisationId }, signal }),
  );
  readonly cabinets = new Query<Cabinet[]>(allCabinets);
  /** Some lights, to know where the city is when no cabinet tells. */
  readonly #someLights = new Query<Page<LightPoint>>((signal) =>
    get<Page<LightPoint>>("/light-points", { query: { limit: 200 }, signal }),
  );
  #timers: ReturnType<typeof setInterval>[] = [];

  readonly organisations: Organisation[] = $derived(this.me?.organisations ?? []);
  /** Where things of the city stand: its cabinets, and some of its lights where cabinets are few. */
  readonly positions: readonly { lon_deg: number; lat_deg: number }[] = $derived([
    ...(this.cabinets.data ?? []),
    ...(this.#someLights.data?.items ?? []),
  ]);
  readonly place: Place = $derived.by(() => {
    const seen = this.positions;
    if (seen.length === 0) return SOMEWHERE;
    const mean = (of: (place: { lon_deg: number; lat_deg: number }) => number) =>
      seen.reduce((sum, one) => sum + of(one), 0) / seen.length;
    return { lonDeg: mean((one) => one.lon_deg), latDeg: mean((one) => one.lat_deg) };
  });
  /** Changes once a day, so that what hangs on the night is not worked out at each tick. */
  readonly #nightName: string = $derived(nightOf(this.now, reader.timeZone).name);
  readonly night: NightWindow = $derived(nightNamed(this.#nightName, reader.timeZone));
  /** Tonight's sunset and sunrise over the city. */
  readonly dark: Dark | undefined = $derived(
    darkBetween(this.night.from, this.night.to, this.place.lonDeg, this.place.latDeg),
  );

  /** The chosen organisation and those under it. */
  readonly #organisationIds = $derived.by(() => {
    const found = new Set([this.organisationId]);
    // Parents come before their children in depth: as many rounds as the tree is deep find them all.
    for (let size = 0; size !== found.size;) {
      size = found.size;
      for (const one of this.organisations) if (one.parent_id && found.has(one.parent_id)) found.add(one.id);
    }
    return found;
  });
  /** The cabinets of the chosen organisation; undefined when all organisations are looked at. */
  readonly cabinetsInScope: Cabinet[] = $derived(
    (this.cabinets.data ?? []).filter(
      (one) => this.organisationId === "" || this.#organisationIds.has(one.organisation.id),
    ),
  );

  get cabinetIdsInScope(): string[] | undefined {
    return this.organisationId === "" ? undefined : this.cabinetsInScope.map((one) => one.id);
  }

  may(role: string): boolean {
    return this.me?.roles.some((one) => one.role === role) ?? false;
  }

  /** The one organisation to act for: the chosen one, else the widest the reader sees. */
  get actingFor(): Organisation | undefined {
    return (
      this.organisations.find((one) => one.id === this.organisationId) ??
      this.organisations.find((one) => !this.organisations.some((other) => other.id === one.parent_id))
    );
  }

  /** The crew app needs neither the overview nor the cabinets. */
  async enter(app: "console" | "crew"): Promise<void> {
    this.me = await get<Me>("/me");
    reader.follow(this.me.language);
    const zone = this.actingFor?.timezone;
    if (zone) reader.timeZone = zone;
    this.#learnTime(this.me.now);
    this.#timers = [setInterval(() => this.#tick(), TICK_MS)];
    stream.start();
    if (app === "crew") return;
    void this.findPlace();
    void this.refresh();
    stream.on("alarm", () => void this.refresh());
    stream.on("work_order", () => void this.refresh());
    this.#timers.push(
      setInterval(() => document.visibilityState === "visible" && void this.refresh(), OVERVIEW_EVERY_MS),
    );
  }

  leave(): void {
    stream.stop();
    this.#timers.forEach(clearInterval);
    this.#timers = [];
    this.me = undefined;
  }

  /** Reads where the city is; again after an import. */
  findPlace = async (): Promise<void> => {
    await this.cabinets.reload();
    if ((this.cabinets.data?.length ?? 0) < FEW_CABINETS) await this.#someLights.reload();
    this.isPlaced = true;
  };

  refresh = async (): Promise<void> => {
    await this.overview.reload();
    if (this.overview.data) this.#learnTime(this.overview.data.now);
  };

  #learnTime(serverNow: string): void {
    clock.learn(serverNow, Date.now());
    this.#tick();
  }

  #tick(): void {
    this.now = clock.at(Date.now());
    const { lonDeg, latDeg } = this.place;
    look.isDark = sunAltitudeDeg(this.now, lonDeg, latDeg) < HORIZON_DEG;
  }
}

export const city = new City();
