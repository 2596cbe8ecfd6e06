/** `2026-08-02 14:03:11 UTC`. The report knows no other zone, so that it reads the same everywhere. */
export function formatInstant(iso: string): string {
  const instant = new Date(iso);
  return `${instant.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** `42 s`, then `3 min 20 s`, then `2 h 5 min`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
