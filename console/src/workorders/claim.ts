/** When something happened by this device's clock, and that clock's present, so the server can judge it. */
export function claimed(happenedAt: Date = new Date()): { occurred_at: string; sent_at: string } {
  return { occurred_at: happenedAt.toISOString(), sent_at: new Date().toISOString() };
}
