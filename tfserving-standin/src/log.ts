/** Where the server says what it does; main.ts gives the one that writes to stderr. */
export interface Log {
  info(text: string): void;
  warning(text: string): void;
  error(text: string): void;
}
