// A table: the bets of a game whose selection says how many units stand on each. A press puts one unit more.

import { view } from "./view.js";

export class Table {
  /** `selection`: the game's JSON schema, an object of whole numbers. */
  constructor(selection) {
    this.chips = new Map();
    this.most = Object.fromEntries(Object.entries(selection.properties).map(([bet, { maximum }]) => [bet, maximum]));
    view.table.hidden = false;
    view.bets.replaceChildren(...Object.keys(selection.properties).map((bet) => this.#button(bet)));
    view.clear.addEventListener("click", () => this.#set(new Map()));
    this.#tell();
  }

  get units() {
    return [...this.chips.values()].reduce((sum, units) => sum + units, 0);
  }

  get selection() {
    return Object.fromEntries(this.chips);
  }

  set enabled(on) {
    for (const button of view.table.querySelectorAll("button")) button.disabled = !on;
  }

  #button(bet) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: named(bet) });
    button.dataset.bet = bet;
    button.addEventListener("click", () => {
      const units = Math.min((this.chips.get(bet) ?? 0) + 1, this.most[bet] ?? Infinity);
      this.#set(new Map(this.chips).set(bet, units));
    });
    return button;
  }

  #set(chips) {
    this.chips = chips;
    for (const button of view.bets.children) {
      const units = chips.get(button.dataset.bet) ?? 0;
      button.dataset.units = units || "";
      button.setAttribute("aria-label", `${named(button.dataset.bet)}, ${units} units`);
    }
    this.#tell();
  }

  #tell() {
    view.units.textContent = this.units === 1 ? "1 unit" : `${this.units} units`;
  }
}

/** "number-17" is 17, "dozen-1" is dozen 1. */
const named = (bet) => bet.replace(/^number-/, "").replaceAll("-", " ");
