/** English words of energy and reports. */
import type { energy as french } from "../fr/energy";

export const energy: Record<keyof typeof french, string> = {
  "energy.use": "Consumption",
  "energy.reports": "Monthly reports",
  "energy.month_before": "Month before",
  "energy.month_after": "Month after",
  "energy.total": "Energy of the month",
  "energy.measured": "Measured",
  "energy.estimated": "Estimated",
  "energy.missing": "Missing",
  "energy.measured_share": "{share} measured",
  "energy.per_point": "Per light point",
  "energy.points": "Light points",
  "energy.by_night": "Night by night",
  "energy.by_cabinet": "Cabinet by cabinet",
  "energy.all_cabinets": "Show all {n} cabinets",
  "energy.nothing": "no data",
  "energy.none": "No consumption this month.",
  "energy.none.advice": "Nights appear as soon as counters report.",
  "reports.make": "Close a month",
  "reports.make_it": "Make the report",
  "reports.month": "Month",
  "reports.made": "Report of {month} made.",
  "reports.made_at": "made {at}",
  "reports.version": "version {n}",
  "reports.hash": "hash {hash}",
  "reports.none": "No report yet.",
  "reports.none.advice":
    "A report is frozen with the hash of its inputs: making it again gives the same file.",
  "report.state.frozen": "Frozen",
  "report.state.draft": "Draft",
};
