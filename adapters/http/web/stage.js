// The stage: shows the events of a round in their order, each by the module of its type.

import { Showing } from "./motion.js";
import { money } from "./money.js";
import { ball, bet, rouletteOf } from "./shows/ball.js";
import { deal, handOf, redraw } from "./shows/cards.js";
import { show as fall } from "./shows/fall.js";
import { again, bought, cap, freeGame, gamble, limit, multiply, positions, special, times, wilds } from "./shows/feature.js";
import { held, hold, respin } from "./shows/hold.js";
import { show as other } from "./shows/other.js";
import { show as pay } from "./shows/pay.js";
import { reelsOf, show as reels } from "./shows/reels.js";
import { show as total } from "./shows/total.js";
import { show as wheel, wheelOf } from "./shows/wheel.js";

const SHOWS = {
  ball, bet, wheel, deal, redraw, hold, respin, held, reels, fall, total, multiply, cap, bought, free_game: freeGame, special,
  positions, again, times, sticky: wilds, land: wilds, expand: wilds, line: pay, ways: pay, anywhere: pay, cluster: pay,
  scatter: pay, book: pay, gamble, limit,
};
const COUNT = 700; // milliseconds that a win counts up

const count = (length) => [...Array(length).keys()];

export class Stage {
  /** `view`: the elements `board`, `story`, `message`, `win`. */
  constructor(view, art, game) {
    Object.assign(this, { board: view.board, view, art, game });
    this.wins = []; // the pays that the board shows
    this.won = 0; // minor units, as far as they are shown
    this.paid = 0; // how often something paid
    this.showing = new Showing({ instant: true });
    this.#prepare();
  }

  /** Something to look at before the first round: cards face down, a wheel, or a window of nothing in particular. */
  #prepare() {
    const { hands, fields, wheel, bets, pays, reels, rows, mixes = {} } = this.game.rules ?? {};
    if (hands) handOf(this).lay(Array(5).fill(null), []);
    if (fields) wheelOf(this);
    if (wheel && bets) rouletteOf(this);
    if (!pays || !reels || !rows) return;
    const symbols = Object.keys(pays).filter((name) => !Object.hasOwn(mixes, name));
    this.art.know(symbols);
    const cell = (reel, row) => symbols[(reel * 2 + row * 3) % symbols.length];
    const height = (reel) => (Array.isArray(rows) ? rows[reel] : rows);
    reelsOf(this).set(count(reels).map((reel) => count(height(reel)).map((row) => cell(reel, row))));
  }

  /** The bet is on its way. */
  start() {
    this.showing = new Showing();
    this.started = true;
    this.clear();
    this.reels?.spin(this.showing);
    this.wheel?.spin(this.showing);
  }

  /** Nothing came of it: as it was before. */
  rest() {
    this.started = false;
    if (this.reels) this.reels.set(this.reels.window);
    this.wheel?.rest();
  }

  /** Show a round's events from number `from` on. */
  async show(round, { from = 0, instant = false } = {}) {
    if (from === 0) this.clear();
    if (!this.started) this.showing = new Showing({ instant });
    this.started = false; // whoever hurried the bet does not want to look at it for long either
    this.round = round;
    for (const [place, event] of round.events.entries()) {
      if (place < from) continue;
      this.next = round.events[place + 1];
      const show = Object.hasOwn(SHOWS, event.type) ? SHOWS[event.type] : other;
      try {
        await show(event, this, this.showing);
      } catch {
        await other(event, this, this.showing); // its fields are not what we know: it is said in words
      }
    }
    await this.riseToEnd(this.showing);
  }

  hurry() {
    this.showing.hurry();
  }

  clear() {
    this.wins = [];
    this.won = this.paid = 0;
    this.special = null;
    this.reels?.place(null);
    this.reels?.clear();
    this.table?.sweep();
    this.view.story.replaceChildren();
    this.view.story.hidden = true;
    this.view.win.textContent = "–";
    this.board.classList.remove("big");
    this.say("");
  }

  say(text) {
    this.view.message.textContent = text;
  }

  /** One more line of the round's story; or the only one. */
  tell(text, { only = false } = {}) {
    if (only) this.view.story.replaceChildren();
    const item = document.createElement("li");
    item.textContent = text;
    this.view.story.append(item);
    this.view.story.hidden = false;
  }

  /** Units as money. */
  worth(units) {
    const { unit, exponent, currency } = this.round;
    return `${money(units * unit, exponent)} ${currency}`;
  }

  /** So many units more are won: the win counts up. */
  async rise(units, showing) {
    this.paid += 1;
    await this.#countTo(this.won + units * this.round.unit, showing);
  }

  /** The win is what the round's answer says. */
  riseToEnd(showing) {
    return this.#countTo(this.round.win, showing);
  }

  async #countTo(end, showing) {
    const { stake, exponent } = this.round;
    const begin = this.won;
    const start = performance.now();
    this.won = end;
    this.board.classList.toggle("big", end >= 10 * stake);
    for (let part = 0; end !== begin && part < 1 && !showing.instant; ) {
      part = Math.min(1, (performance.now() - start) / COUNT);
      this.view.win.textContent = money(begin + Math.floor((end - begin) * part), exponent);
      await showing.pause(32);
    }
    this.view.win.textContent = money(end, exponent);
  }
}
