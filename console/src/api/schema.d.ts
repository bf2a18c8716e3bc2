// Written by hand from the API contract until docs/openapi.json exists; then `npm run client` replaces it.
type Id = string;
type Instant = string;
type Day = string;
interface Named {
  id: Id;
  name: string;
}
interface Coded {
  id: Id;
  code: string;
  name: string;
}
interface PlaceOfLight {
  id: Id;
  code: string;
  street: string | null;
  lon_deg: number;
  lat_deg: number;
}
interface OpenAlarm {
  id: Id;
  cause: string;
  urgency: string;
  raised_at: Instant;
}

export interface components {
  schemas: {
    TokenAnswer: { access_token: string; token_type: string; expires_in: number };
    OrganisationAnswer: {
      id: Id;
      parent_id: Id | null;
      name: string;
      kind: string;
      insee_code: string | null;
      timezone: string;
    };
    MeAnswer: {
      id: Id;
      email: string;
      display_name: string;
      language: string;
      roles: { role: string; organisation_id: Id }[];
      organisations: components["schemas"]["OrganisationAnswer"][];
      is_demo: boolean;
      now: Instant;
    };
    LatestAnswer: {
      seen_at: Instant;
      level_percent: number | null;
      active_power_w: number | null;
      supply_voltage_v: number | null;
      power_factor: number | null;
      active_energy_wh: number | null;
      burning_time_s: number | null;
      rssi_dbm: number | null;
      snr_db: number | null;
    };
    LightPointAnswer: {
      id: Id;
      code: string;
      street: string | null;
      state: string;
      organisation: Named;
      cabinet: Coded | null;
      circuit: { id: Id; code: string; phase: string } | null;
      position_on_circuit: number | null;
      support: { id: Id; code: string; height_m: number | null } | null;
      lon_deg: number;
      lat_deg: number;
      luminaire: {
        id: Id;
        serial: string | null;
        installed_on: Day | null;
        type: {
          maker: string;
          model: string;
          lamp_technology: string;
          rated_power_w: number;
          flux_lm: number | null;
          cct_k: number | null;
        };
      } | null;
      controller: {
        id: Id;
        address: string;
        profile: string;
        network: string;
        expected_period_s: number;
      } | null;
      latest: components["schemas"]["LatestAnswer"] | null;
      desired_level_percent: number | null;
      acknowledged_level_percent: number | null;
      open_alarms: OpenAlarm[];
    };
    CabinetAnswer: {
      id: Id;
      code: string;
      name: string;
      organisation: Named;
      lon_deg: number;
      lat_deg: number;
      prm: string | null;
      subscribed_power_kva: number | null;
      provenance: string;
      state: string;
      light_point_count?: number;
    };
    SearchHit: {
      kind: string;
      id: Id;
      label: string;
      detail: string | null;
      lon_deg: number | null;
      lat_deg: number | null;
    };
    ImportRunAnswer: {
      id: Id;
      state: string;
      mapping: string;
      file_name: string;
      organisation_id: Id;
      counts: { read: number; created: number; changed: number; unchanged: number; quarantined: number };
      started_at: Instant;
      finished_at: Instant | null;
      applied_at: Instant | null;
      undone_at: Instant | null;
    };
    ImportRowAnswer: {
      row_number: number;
      outcome: string;
      code: string | null;
      reason: string | null;
      differences: { field: string; before: unknown; after: unknown }[];
    };
    ImportMappingAnswer: { name: string; title: string; description: string };
    SeriesAnswer: {
      at: number[];
      level_percent: (number | null)[];
      active_power_w: (number | null)[];
      expected_level_percent: { from: Instant; level: number }[];
      expected_power_w: (number | null)[];
      nights: { sunset_at: Instant; sunrise_at: Instant }[];
      gaps: { from: Instant; to: Instant }[];
    };
    AlarmAnswer: {
      id: Id;
      organisation_id: Id;
      asset_type: string;
      asset_id: Id;
      light_point: PlaceOfLight | null;
      cabinet: Coded | null;
      cause: string;
      urgency: string;
      state: string;
      raised_at: Instant;
      last_seen_at: Instant;
      evidence_count: number;
      cleared_at: Instant | null;
      acknowledged_at: Instant | null;
      acknowledged_by: Named | null;
      evidence: Record<string, unknown>;
      work_order: { id: Id; number: string; status: string } | null;
    };
    CalendarAnswer: {
      id: Id;
      organisation_id: Id | null;
      name: string;
      default_program_id: Id;
      rules: CalendarRule[];
      holiday_region: string | null;
      ambiguous_time: string;
    };
    ControlProgramAnswer: {
      id: Id;
      organisation_id: Id | null;
      name: string;
      level_percent: number;
      cct_k: number | null;
      active_periods: { start: Moment; end: Moment }[];
      steps: { at: Moment; level_percent: number; fade_s: number; cct_k: number | null }[];
    };
    NightAnswer: {
      night: Day;
      sunset_at: Instant | null;
      sunrise_at: Instant | null;
      steps: { starts_at: Instant; level_percent: number }[];
    };
    AssignmentAnswer: {
      id: Id;
      organisation_id: Id;
      scope: string;
      scope_id: Id;
      calendar_id: Id;
      assigned_at: Instant;
    };
    CommandAnswer: {
      id: Id;
      organisation_id: Id;
      state: string;
      level_percent: number;
      priority: number;
      reason: string;
      target: string;
      author: string;
      created_at: Instant;
      expires_at: Instant;
      ended_at: Instant | null;
      light_count: number;
      counts: {
        queued: number;
        sent: number;
        acknowledged: number;
        applied: number;
        rejected: number;
        expired: number;
        superseded: number;
        cancelled: number;
        total: number;
      };
    };
    PreviewAnswer: {
      light_count: number;
      without_controller_count: number;
      cabinet_count: number;
      streets: string[];
      light_point_ids: Id[];
    };
    DeliveryAnswer: {
      id: Id;
      light_point_id: Id;
      light_point?: PlaceOfLight;
      level_percent: number;
      state: string;
      attempts: number;
      created_at: Instant;
      sent_at: Instant | null;
      acknowledged_at: Instant | null;
      expires_at: Instant;
      detail: string | null;
    };
    ExplanationAnswer: {
      at: Instant;
      level_percent: number;
      sentences: { fr: string[]; en: string[] };
      chain: { kind: string; [field: string]: unknown }[];
    };
    WorkOrderAnswer: {
      id: Id;
      number: string;
      organisation: Named;
      status: string;
      urgency: string;
      title: string;
      light_point: PlaceOfLight | null;
      cabinet: Coded | null;
      crew: Named | null;
      opened_at: Instant;
      planned_on: Day | null;
      respond_by: Instant | null;
      restore_by: Instant | null;
    };
    WorkOrderDetailAnswer: components["schemas"]["WorkOrderAnswer"] & {
      probable_cause: string | null;
      suggested_part: { id: Id; reference: string; designation: string } | null;
      events: {
        id: Id;
        at: Instant;
        kind: string;
        from: string | null;
        to: string | null;
        author: Named | null;
        note: string | null;
      }[];
      alarms: OpenAlarm[];
      allowed: string[];
      parts: { part: { id: Id; reference: string; designation: string }; quantity: number }[];
      completion: {
        failure_mode: string;
        failure_cause: string;
        remedy: string;
        note: string | null;
      } | null;
    };
    CrewAnswer: {
      id: Id;
      organisation_id: Id;
      name: string;
      is_active: boolean;
      members: { user_id: Id; display_name: string; is_leader: boolean }[];
    };
    PartAnswer: { id: Id; reference: string; designation: string; quantity: number };
    FailureCodesAnswer: {
      failure_modes: Choice[];
      failure_causes: Choice[];
      remedies: Choice[];
      replacement_reasons: Choice[];
    };
    EnergyDayAnswer: {
      on: Day;
      energy_wh: number;
      measured_wh: number;
      estimated_wh: number;
      quality: string;
      burning_time_s: number | null;
    };
    EnergySummaryAnswer: {
      month: string;
      energy_wh: number;
      measured_wh: number;
      estimated_wh: number;
      missing_days: number;
      light_point_count: number;
      by_cabinet: { id: Id; code: string; name: string; energy_wh: number; measured_wh: number }[];
    };
    ReportAnswer: {
      id: Id;
      organisation: Named;
      month: string;
      version: number;
      state: string;
      created_at: Instant;
      input_hash: string;
      energy_wh: number | null;
    };
    OverviewAnswer: {
      now: Instant;
      light_point_count: number;
      lit_count: number;
      expected_lit_count: number;
      open_alarms: Record<string, number>;
      work_orders: Record<string, number>;
      last_uplink_at: Instant | null;
      energy_last_night_wh: number | null;
    };
  };
}

interface Choice {
  code: string;
  label: { fr: string; en: string };
}
interface CalendarRule {
  name: string;
  program_id: Id;
  condition: { kind: string; [field: string]: unknown } | null;
  starts_on: Day | null;
  ends_on: Day | null;
}
type Moment =
  | { kind: "clock"; at: string }
  | {
      kind: "solar";
      event: "sunset" | "civil_dusk" | "civil_dawn" | "sunrise";
      offset_minutes?: number;
    };
