// Free rounds that an operator has given: played first, unless the player would rather play for money.

import { money } from "./money.js";
import { view } from "./view.js";

export class Rewards {
  /** `changed()` hears that the player wants it the other way. */
  constructor(game, changed) {
    this.game = game;
    this.given = [];
    view.useReward.addEventListener("change", changed);
  }

  /** What the session says that there is. */
  set(rewards, { currency, exponent }) {
    const had = this.first?.reward;
    this.given = rewards;
    view.reward.hidden = !this.first;
    if (!this.first) return;
    if (this.first.reward !== had) view.useReward.checked = true;
    const { rounds, stake } = this.first;
    view.rewardText.textContent = `${rounds} free ${rounds === 1 ? "round" : "rounds"} of ${money(stake, exponent)} ${currency}`;
  }

  get first() {
    return this.given[0];
  }

  /** The next round is free. */
  get chosen() {
    return Boolean(this.first) && view.useReward.checked;
  }

  /** The bet, paid by the reward if that is chosen. */
  pay(bet) {
    if (!this.chosen) return bet;
    return { ...bet, mode: this.game.modes[0].id, stake: this.first.stake, reward: this.first.reward };
  }

  set enabled(on) {
    view.useReward.disabled = !on;
  }
}
