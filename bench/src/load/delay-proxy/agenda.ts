interface Planned {
  readonly atNs: number;
  readonly work: () => void;
}

/** Work at instants (ns of `clock`), never early; what is planned for one instant is done in the order of planning. */
export class Agenda {
  readonly #planned: Planned[] = [];

  plan(atNs: number, work: () => void): void {
    // Most of what is planned is later than all else.
    let place = this.#planned.length;
    while (place > 0 && (this.#planned[place - 1]?.atNs ?? 0) > atNs) place -= 1;
    this.#planned.splice(place, 0, { atNs, work });
  }

  /** Does what is due. Returns the instant of what comes next, infinity when nothing is planned. */
  doDue(nowNs: number): number {
    const coming = this.#planned.findIndex(({ atNs }) => atNs > nowNs);
    for (const { work } of this.#planned.splice(0, coming === -1 ? this.#planned.length : coming)) work();
    return this.#planned[0]?.atNs ?? Number.POSITIVE_INFINITY;
  }
}
