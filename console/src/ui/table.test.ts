import { expect, test } from "vitest";
import { toCsv, type Column } from "./table";

const columns: Column<{ code: string; watts: number | null }>[] = [
  { key: "code", label: "Code", text: (row) => row.code },
  { key: "watts", label: "W", text: (row) => row.watts },
];

test("a table is saved with semicolons, quotes where needed, and empty unknowns", () => {
  const rows = [
    { code: 'A "1"; B', watts: 38.5 },
    { code: "C", watts: null },
  ];
  expect(toCsv(columns, rows)).toBe('\ufeffCode;W\r\n"A ""1""; B";38.5\r\nC;\r\n');
});

test("a cell that looks like a formula is not run by the spreadsheet", () => {
  expect(toCsv(columns, [{ code: "=1+1", watts: -3 }])).toContain("'=1+1;-3");
});
