/** Months as the API names them: YYYY-MM. */

export const monthOf = (date: string): string => date.slice(0, 7);

export function shiftMonth(month: string, by: number): string {
  const [year, index] = month.split("-").map(Number);
  const total = year! * 12 + (index! - 1) + by;
  return `${Math.floor(total / 12)}-${String((total % 12) + 1).padStart(2, "0")}`;
}

export function daysOfMonth(month: string): string[] {
  const [year, index] = month.split("-").map(Number);
  const count = new Date(Date.UTC(year!, index!, 0)).getUTCDate();
  return Array.from({ length: count }, (_, day) => `${month}-${String(day + 1).padStart(2, "0")}`);
}
