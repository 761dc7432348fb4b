// The stake, out of the ladder of the mode that is chosen; on a table, the worth of a unit.

import { money } from "./money.js";
import { Table } from "./table.js";
import { options, view } from "./view.js";

export class Stakes {
  constructor(game, { exponent, currency }) {
    Object.assign(this, { game, exponent });
    const told = (units) => `${units} ${units === 1 ? "unit" : "units"} · ${money(units * Number(view.stake.value), exponent)} ${currency}`;
    this.table = game.selection?.properties ? new Table(game, told) : null;
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
    return this.table && !this.table.units ? "Put a chip on the table first." : "";
  }

  set enabled(on) {
    view.mode.disabled = view.stake.disabled = !on;
    if (this.table) this.table.enabled = on;
    this.#steps(on);
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

  #steps(on = !view.stake.disabled) {
    this.table?.tell();
    view.less.disabled = !on || view.stake.selectedIndex <= 0;
    view.more.disabled = !on || view.stake.selectedIndex >= view.stake.options.length - 1;
  }
}
