/** Work that may still be done: advice is given while it lasts, and never costs more than what it was given. */
export class Budget {
  constructor(private left: number) {}

  /** @returns false when there is not enough left; then nothing may be claimed that the work would have shown */
  spend(steps: number): boolean {
    if (steps > this.left) return false;
    this.left -= steps;
    return true;
  }
}
