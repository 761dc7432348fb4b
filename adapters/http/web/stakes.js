// The stake, out of the ladder of the mode that is chosen; on a table, the worth of a unit.

import { money } from "./money.js";
import { Table } from "./table.js";
import { options, view } from "./view.js";

/** The ladder of what a unit is worth, in minor units. */
const UNIT = /^[125]0*$/;

export class Stakes {
  constructor(game, { exponent, currency }) {
    Object.assign(this, { game, free: null, amount: (minor) => `${money(minor, exponent)} ${currency}`, exponent });
    this.table = game.selection?.properties ? new Table(game, (units) => this.#told(units)) : null;
    if (this.table) view.stakeLabel.textContent = "A unit";
    view.modeLabel.hidden = game.modes.length < 2;
    options(view.mode, game.modes.map(({ id }) => [id, id]), game.modes[0].id);
    view.mode.addEventListener("change", () => this.#ladder());
    view.stake.addEventListener("change", () => this.#steps());
    view.less.addEventListener("click", () => this.#step(-1));
    view.more.addEventListener("click", () => this.#step(1));
    this.#ladder();
  }

  /** The bet as the server takes it. */
  get bet() {
    const stake = Number(view.stake.value), mode = view.mode.value;
    return this.table ? { stake: stake * this.table.units, mode, selection: this.table.selection } : { stake, mode };
  }

  /** Why there is nothing to bet on yet; empty when there is. */
  get missing() {
    const units = this.table?.units;
    if (units === 0) return "Put a chip on the table first.";
    if (!units || this.free === null || UNIT.test(this.free / units)) return "";
    const shares = [1, 2, 5, 10, 20, 50, 100].filter((share) => UNIT.test(this.free / share)).join(", ");
    return `A free round of ${this.amount(this.free)} is for ${shares} units, not for ${units}.`;
  }

  /** Whether anything can be set; and the stake of a free round, which is as it was given. */
  enable(on, free) {
    this.free = free;
    view.mode.disabled = view.stake.disabled = !on || free !== null;
    if (this.table) this.table.enabled = on;
    this.#steps();
  }

  #told(units) {
    const worth = this.free === null ? this.amount(units * Number(view.stake.value)) : "free";
    return `${units} ${units === 1 ? "unit" : "units"} · ${worth}`;
  }

  #ladder() {
    const mode = this.game.modes.find(({ id }) => id === view.mode.value);
    const labels = mode.stakes.map((stake) => [stake, money(stake, this.exponent)]);
    options(view.stake, labels, mode.default_stake ?? mode.stakes[0]);
    this.#steps();
  }

  #step(by) {
    view.stake.selectedIndex += by;
    this.#steps();
  }

  #steps() {
    const on = !view.stake.disabled;
    this.table?.tell();
    view.less.disabled = !on || view.stake.selectedIndex <= 0;
    view.more.disabled = !on || view.stake.selectedIndex >= view.stake.options.length - 1;
  }
}
