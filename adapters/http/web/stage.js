// The stage: shows the events of a round in their order, each by the module of its type.

import { Showing } from "./motion.js";
import { money } from "./money.js";
import { show as line } from "./shows/line.js";
import { show as other } from "./shows/other.js";
import { reelsOf, show as reels } from "./shows/reels.js";
import { show as total } from "./shows/total.js";

const SHOWS = { line, reels, total };
const COUNT = 900; // milliseconds that a win counts up

const count = (length) => [...Array(length).keys()];

export class Stage {
  /** `view`: the elements `board`, `story`, `message`, `win`. */
  constructor(view, art, game) {
    Object.assign(this, { board: view.board, view, art, game });
    this.wins = [];
    this.showing = new Showing({ instant: true });
    this.#prepare();
  }

  /** Something to look at before the first round: a window of nothing in particular, if the game has reels. */
  #prepare() {
    const { pays, reels, rows } = this.game.rules ?? {};
    if (!pays || !reels || !rows) return;
    const symbols = Object.keys(pays);
    this.art.know(symbols);
    const cell = (reel, row) => symbols[(reel * 2 + row * 3) % symbols.length];
    reelsOf(this).set(count(reels).map((reel) => count(rows).map((row) => cell(reel, row))));
  }

  /** The bet is on its way. */
  start() {
    this.showing = new Showing();
    this.started = true;
    this.clear();
    this.reels?.spin(this.showing);
  }

  /** Nothing came of it: as it was before. */
  rest() {
    this.started = false;
    if (this.reels) this.reels.set(this.reels.window);
  }

  /** Show a round's events from number `from` on. */
  async show(round, { from = 0, instant = false } = {}) {
    if (from === 0) this.clear();
    if (!this.started) this.showing = new Showing({ instant });
    this.started = false; // whoever hurried the bet does not want to look at it for long either
    this.round = round;
    for (const event of round.events.slice(from)) {
      const show = Object.hasOwn(SHOWS, event.type) ? SHOWS[event.type] : other;
      try {
        await show(event, this, this.showing);
      } catch {
        await other(event, this, this.showing); // its fields are not what we know: it is said in words
      }
    }
    this.view.win.textContent = money(round.win, round.exponent);
  }

  hurry() {
    this.showing.hurry();
  }

  clear() {
    this.wins = [];
    this.reels?.clear();
    this.view.story.replaceChildren();
    this.view.story.hidden = true;
    this.view.win.textContent = "–";
    this.board.classList.remove("big");
    this.say("");
  }

  say(text) {
    this.view.message.textContent = text;
  }

  /** One more line of the round's story. */
  tell(text) {
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

  /** The win rises to what the round's answer says. */
  async countUp(showing) {
    const { win, stake, exponent } = this.round;
    const start = performance.now();
    this.board.classList.toggle("big", win >= 10 * stake);
    for (let part = 0; win && part < 1 && !showing.instant; ) {
      part = Math.min(1, (performance.now() - start) / COUNT);
      this.view.win.textContent = money(Math.floor(win * part), exponent);
      await showing.pause(32);
    }
    this.view.win.textContent = money(win, exponent);
  }
}
