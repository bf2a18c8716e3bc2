/** The names the console uses for the shapes of the API. */
import type { components, paths } from "./schema";

type Schemas = components["schemas"];

// A shape whose name several folders use is reached by its address: the address is unique.

/** What an alarm is called by where only its name is needed. */
export type AlarmName = {
  id: string;
  cause: string;
  urgency: string;
  raised_at: string | null;
  cleared_at?: string | null;
};

/** Answers always carry the fields that inputs may leave out. */
type Answer<T> = { [Field in keyof T]-?: T[Field] };

export type Me = Schemas["MeAnswer"];
export type Organisation = Schemas["OrganisationAnswer"];
export type LightPoint = Answer<Schemas["LightPointAnswer"]>;
export type Cabinet = Schemas["CabinetAnswer"];
export type CabinetState = Schemas["CabinetStateAnswer"];
export type SearchHit = Schemas["FoundAnswer"];
export type ImportRun = Schemas["ImportRunAnswer"];
export type ImportRow = Schemas["ImportRowAnswer"];
export type ImportMapping = Schemas["MappingAnswer"];
export type Series = Answer<Schemas["SeriesAnswer"]>;
export type Alarm = Answer<Schemas["AlarmAnswer"]>;
export type AlarmDetail = Answer<Schemas["AlarmDetailAnswer"]>;
export type Calendar = Answer<Schemas["CalendarAnswer"]>;
export type CalendarRule = Schemas["CalendarRuleDocument"];
export type ControlProgram = Answer<Schemas["ControlProgramAnswer"]>;
export type Moment = Schemas["ClockMomentDocument"] | Schemas["SolarMomentDocument"];
export type Assignment =
  paths["/api/v1/calendar-assignments"]["get"]["responses"][200]["content"]["application/json"]["items"][number];
export type Night =
  paths["/api/v1/calendars/{calendar_id}/nights"]["get"]["responses"][200]["content"]["application/json"]["items"][number];
export type Command = Omit<Schemas["CommandAnswer"], "counts"> & {
  counts: Answer<Schemas["DeliveryCounts"]>;
};
export type CommandInput = Schemas["CommandInput"];
export type CommandPreview = Schemas["PreviewAnswer"];
export type CommandDelivery = Schemas["DeliveryAnswer"];
export type Explanation = Schemas["ExplanationAnswer"];
export type WorkOrder = Schemas["WorkOrderAnswer"];
export type WorkOrderDetail = Schemas["WorkOrderDetailAnswer"];
export type Transition = Schemas["TransitionInput"];
export type Completion = Schemas["CompletionInput"];
export type OrderReport = paths["/api/v1/work-orders"]["post"]["requestBody"]["content"]["application/json"];
export type Need = Schemas["Need"];
export type Crew = Schemas["CrewAnswer"];
export type Part = Schemas["PartAnswer"];
export type FailureCodes = Schemas["CodeListsAnswer"];
export type EnergyDay = Schemas["EnergyDayAnswer"];
export type Networks = Schemas["NetworksAnswer"];
export type NetworkNow = Schemas["NetworkNowAnswer"];
export type NetworkKindForm = Schemas["NetworkKindAnswer"];
export type FormField = Schemas["FormFieldAnswer"];
export type ProfileName = Schemas["ProfileName"];
export type RadioChannel = Schemas["ChannelAnswer"];
export type GatewayHeard = Schemas["GatewayAnswer"];
export type Sensor = Schemas["SensorAnswer"];
export type SensorReadings = Schemas["ReadingsAnswer"];
export type SensorPeriod = Schemas["PeriodAnswer"];
export type Solar = Schemas["SolarAnswer"];
export type Charges = Schemas["ChargesAnswer"];
export type Charge = Schemas["ChargeAnswer"];
export type Overview = Schemas["OverviewAnswer"];

export type MonthSummary = Schemas["SummaryAnswer"];
export type Report = Schemas["ReportAnswer"];
export type DiscoveredDevice = Answer<Schemas["DiscoveredDeviceAnswer"]>;
export type PlaceProposal = Schemas["ProposalAnswer"];
export type LabelRead = Answer<Schemas["LabelAnswer"]>;
export type Commissioning = Answer<Schemas["CommissioningAnswer"]>;
export type QuarantinedFrame = Answer<Schemas["QuarantinedFrameAnswer"]>;
export type QuarantineGroup = Schemas["QuarantineGroupAnswer"];
export type SelectionReplay = Schemas["SelectionAnswer"];
