/** What a table needs to know of its columns; and what it writes when saved as CSV. */

export interface Column<Row> {
  key: string;
  label: string;
  align?: "start" | "end";
  /** Shown only when asked for, or when the screen is wide. */
  isOptional?: boolean;
  /** Its heading is for those who do not see the cells. */
  isUnnamed?: boolean;
  /** The cell as plain text, for the CSV file. */
  text: (row: Row) => string | number | null | undefined;
}

const needsQuotes = /[";\n\r]/;

function cellText(value: string | number | null | undefined): string {
  const text = value === null || value === undefined ? "" : String(value);
  // A leading formula sign would be run by a spreadsheet.
  const safe = typeof value === "string" && /^[=+\-@\t]/.test(text) ? `'${text}` : text;
  return needsQuotes.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Semicolons and a byte-order mark: what a French spreadsheet opens without asking. */
export function toCsv<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const lines = [
    columns.map((column) => cellText(column.label)),
    ...rows.map((row) => columns.map((column) => cellText(column.text(row)))),
  ];
  return "\ufeff" + lines.map((line) => line.join(";")).join("\r\n") + "\r\n";
}

export function saveText(text: string, name: string, type: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
