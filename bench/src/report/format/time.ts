/** `2026-08-02 14:03:11 UTC`. The report knows no other zone, so that it reads the same everywhere. */
export function formatInstant(iso: string): string {
  const instant = new Date(iso);
  return `${instant.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
