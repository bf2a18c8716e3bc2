/** The names the console uses for the shapes of the API. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Me = Schemas["MeAnswer"];
export type Organisation = Schemas["OrganisationAnswer"];
export type LightPoint = Schemas["LightPointAnswer"];
export type Latest = Schemas["LatestAnswer"];
export type Cabinet = Schemas["CabinetAnswer"];
export type SearchHit = Schemas["SearchHit"];
export type ImportRun = Schemas["ImportRunAnswer"];
export type ImportRow = Schemas["ImportRowAnswer"];
export type ImportMapping = Schemas["ImportMappingAnswer"];
export type Series = Schemas["SeriesAnswer"];
export type Alarm = Schemas["AlarmAnswer"];
export type Calendar = Schemas["CalendarAnswer"];
export type ControlProgram = Schemas["ControlProgramAnswer"];
export type Assignment = Schemas["AssignmentAnswer"];
export type Night = Schemas["NightAnswer"];
export type Command = Schemas["CommandAnswer"];
export type CommandPreview = Schemas["PreviewAnswer"];
export type CommandDelivery = Schemas["DeliveryAnswer"];
export type Explanation = Schemas["ExplanationAnswer"];
export type WorkOrder = Schemas["WorkOrderAnswer"];
export type WorkOrderDetail = Schemas["WorkOrderDetailAnswer"];
export type Crew = Schemas["CrewAnswer"];
export type Part = Schemas["PartAnswer"];
export type FailureCodes = Schemas["FailureCodesAnswer"];
export type EnergyDay = Schemas["EnergyDayAnswer"];
export type EnergySummary = Schemas["EnergySummaryAnswer"];
export type Report = Schemas["ReportAnswer"];
export type Overview = Schemas["OverviewAnswer"];
