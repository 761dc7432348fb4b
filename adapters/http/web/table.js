// A table: the bets of a game whose selection says how many units stand on each. A press puts a unit more; the Backspace
// key or the other mouse button takes one away, and the arrow keys go from bet to bet. A roulette's bets lie as on its felt.

import { named, placeOf, printed } from "./layout.js";
import { view } from "./view.js";

const FEW = 6; // bets that are told by name
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Table {
  #before = []; // what stood there, before each change

  /** `selection`: the game's JSON schema, an object of whole numbers; `rules.bets`: which numbers win each, if it tells;
      `told(units)`: so many units stand there, in words. */
  constructor({ selection, rules }, told) {
    this.told = told;
    this.chips = new Map();
    this.bets = rules?.bets ?? {};
    this.most = Object.fromEntries(Object.entries(selection.properties).map(([bet, { maximum }]) => [bet, maximum]));
    const names = Object.keys(selection.properties);
    this.laid = names.every((bet) => placeOf(bet) && this.bets[bet]);
    this.buttons = new Map(names.map((bet) => [bet, this.#button(bet)]));
    view.table.hidden = false;
    document.body.classList.add("with-table");
    view.bets.classList.toggle("felt", this.laid);
    view.bets.replaceChildren(...this.buttons.values());
    view.bets.addEventListener("keydown", (event) => this.#key(event));
    view.bets.addEventListener("focusin", ({ target }) => this.#hold(target));
    view.clear.addEventListener("click", () => (this.#set(new Map()), this.#keep()));
    view.undo.addEventListener("click", () => (this.#show(this.#before.pop()), this.#keep()));
    this.#hold(view.bets.firstElementChild);
    this.on = true;
    this.#show(this.chips);
  }

  get units() {
    return [...this.chips.values()].reduce((sum, units) => sum + units, 0);
  }

  get selection() {
    return Object.fromEntries(this.chips);
  }

  set enabled(on) {
    this.on = on;
    for (const button of this.buttons.values()) button.disabled = !on;
    this.tell();
  }

  /** The ball lies at `number`. */
  land(number) {
    const button = this.buttons.get(`number-${number}`);
    button?.setAttribute("aria-current", "true");
    button?.append(part("ball"));
  }

  /** A bet wins `worth`. */
  pay(bet, worth) {
    const button = this.buttons.get(bet);
    if (!button) return;
    button.dataset.wins = worth;
    button.append(part("wins", `+${worth.split(" ")[0]}`));
    this.#name(bet);
  }

  /** Nothing has won, and no ball lies there. */
  sweep() {
    for (const [bet, button] of this.buttons) {
      button.removeAttribute("aria-current");
      delete button.dataset.wins;
      for (const mark of button.querySelectorAll(".ball, .wins")) mark.remove();
      this.#name(bet);
    }
  }

  /** What stood on the table in a round: the first bets of it, if there were many. */
  words(selection) {
    const all = Object.entries(selection).map(([bet, units]) => `${units} on ${named(bet)}`);
    const more = all.splice(FEW).length;
    return all.join(", ") + (more ? ` and ${more} more` : "");
  }

  /** How much stands on the table. */
  tell() {
    view.units.textContent = this.told(this.units);
    view.clear.disabled = !this.on || !this.units;
    view.undo.disabled = !this.on || !this.#before.length;
  }

  #button(bet) {
    const button = Object.assign(document.createElement("button"), { type: "button", tabIndex: -1 });
    button.dataset.bet = bet;
    button.append(part("name", this.laid ? printed(bet) : named(bet)));
    if (this.laid) this.#lay(button, bet);
    button.addEventListener("click", () => this.#put(bet, 1));
    button.addEventListener("contextmenu", (event) => (event.preventDefault(), this.on && this.#put(bet, -1)));
    return button;
  }

  /** In its place on the felt, and in its colour; whoever points at a bet sees the numbers that win it. */
  #lay(button, bet) {
    ["column", "row", "columns", "rows"].forEach((name, at) => button.style.setProperty(`--${name}`, placeOf(bet)[at]));
    const colour = this.#colour(bet);
    if (colour) button.dataset.field = colour;
    if (colour && colour !== "green") button.append(part("shape"));
    const cover = (on) => this.bets[bet].numbers.forEach((n) => this.buttons.get(`number-${n}`)?.classList.toggle("covered", on));
    button.addEventListener("pointerenter", ({ pointerType }) => cover(pointerType === "mouse"));
    button.addEventListener("focus", () => cover(button.matches(":focus-visible")));
    for (const event of ["pointerleave", "blur"]) button.addEventListener(event, () => cover(false));
  }

  #colour(bet) {
    const number = bet.startsWith("number-") ? this.bets[bet].numbers[0] : null;
    const colours = ["red", "black"].filter((colour) => bet === colour || this.bets[colour]?.numbers.includes(number));
    return colours[0] ?? (number === null ? "" : "green");
  }

  #put(bet, more) {
    const units = Math.min((this.chips.get(bet) ?? 0) + more, this.most[bet] ?? Infinity);
    const chips = new Map(this.chips).set(bet, units);
    if (units <= 0) chips.delete(bet);
    if (units >= 0 && units !== (this.chips.get(bet) ?? 0)) this.#set(chips);
  }

  #set(chips) {
    this.#before.push(this.chips);
    this.#show(chips);
  }

  /** A button that has nothing left to do gives the focus back to the table. */
  #keep() {
    if (document.activeElement?.disabled ?? true) view.bets.querySelector("[tabindex='0']").focus();
  }

  #show(chips) {
    this.chips = chips;
    for (const [bet, button] of this.buttons) {
      const units = chips.get(bet) ?? "";
      button.dataset.units = units;
      button.querySelector(".chip")?.remove();
      if (units) button.append(part("chip", units));
      this.#name(bet);
    }
    this.tell();
  }

  /** What a bet is to the ear. */
  #name(bet) {
    const button = this.buttons.get(bet);
    const units = this.chips.get(bet) ?? 0;
    const seen = this.laid && printed(bet).toLowerCase() !== bet ? `${printed(bet)}, ` : "";
    const colour = bet.startsWith("number-") && this.laid ? this.#colour(bet) : named(bet);
    const wins = button.dataset.wins ? `, wins ${button.dataset.wins}` : "";
    button.setAttribute("aria-label", `${seen}${colour}, ${units} ${units === 1 ? "unit" : "units"}${wins}`);
  }

  /** One of the bets is reached with the Tab key: the last one that was. */
  #hold(button) {
    if (!button?.dataset.bet) return;
    for (const other of this.buttons.values()) other.tabIndex = -1;
    button.tabIndex = 0;
  }

  #key(event) {
    const { bet } = event.target.dataset;
    if (["Backspace", "Delete", "-"].includes(event.key)) this.#put(bet, -1);
    else if (Object.hasOwn(ARROWS, event.key)) this.#beside(event.target, ARROWS[event.key])?.focus();
    else return;
    event.preventDefault();
  }

  /** The bet that lies next to this one in a direction. */
  #beside(button, [right, down]) {
    const from = middle(button);
    let next = null, least = Infinity;
    for (const other of this.buttons.values()) {
      const to = middle(other);
      const along = (to.x - from.x) * right + (to.y - from.y) * down;
      const aside = Math.abs((to.x - from.x) * down) + Math.abs((to.y - from.y) * right);
      const far = along + 2 * aside;
      if (along > 1 && far < least) [next, least] = [other, far];
    }
    return next;
  }
}

function middle(element) {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { x: left + width / 2, y: top + height / 2 };
}

function part(name, text = "") {
  return Object.assign(document.createElement("span"), { className: name, textContent: text });
}
