/** Shapes agreed with the server but not yet in its description; each moves to `types.ts` when it is. */

interface Named {
  id: string;
  name: string;
}

export interface EnergySummary {
  month: string;
  energy_wh: number;
  measured_wh: number;
  estimated_wh: number;
  light_point_count: number;
  by_cabinet: { id: string; code: string; name: string; energy_wh: number; measured_wh: number }[];
}

export interface Report {
  id: string;
  organisation: Named;
  month: string;
  version: number;
  state: string;
  created_at: string;
  input_hash: string;
  energy_wh: number | null;
}
