// The player's rounds, newest first, a page at a time; a click shows one again.

import { money } from "./money.js";

const clock = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const date = new Intl.DateTimeFormat([], { dateStyle: "medium", timeStyle: "medium" });

export class History {
  #next = null;

  constructor(list, older, session, replay) {
    Object.assign(this, { list, older, session, replay });
    older.addEventListener("click", () => this.#page());
  }

  /** The first page again. Returns the newest round, if there is one. */
  async load() {
    this.list.replaceChildren();
    this.#next = null;
    return (await this.#page())[0];
  }

  /** A round has come to its end: it stands at the top. */
  add(round) {
    this.list.querySelector(`[data-round="${round.round}"]`)?.remove();
    this.list.querySelector(".none")?.remove();
    this.list.prepend(this.#row(round));
  }

  async #page() {
    const query = this.#next ? `?limit=20&cursor=${encodeURIComponent(this.#next)}` : "?limit=20";
    const { rounds, next } = await this.session.ask("GET", `rounds${query}`);
    this.#next = next;
    this.older.hidden = next === null;
    this.list.append(...rounds.map((round) => this.#row(round)));
    if (!this.list.children.length) this.list.append(element("li", "none", "No rounds yet."));
    return rounds;
  }

  #row(round) {
    const item = element("li", "");
    item.dataset.round = round.round;
    const button = element("button", "round");
    button.type = "button";
    button.title = `Show again: round ${round.round}, ${date.format(new Date(round.created))}`;
    const told = round.state === "settled" ? "" : round.state;
    const won = round.win && !told ? "won" : "";
    button.append(
      element("time", "", clock.format(new Date(round.created))),
      element("span", "bet", money(round.stake, round.exponent)),
      element("span", `pay ${won}`, told || (round.win ? "+" : "") + money(round.win, round.exponent)),
      element("code", "", round.round),
      element("span", "unseen", `, state ${round.state}`),
    );
    button.addEventListener("click", () => this.replay(round));
    item.append(button);
    return item;
  }
}

function element(name, classes, text = "") {
  const made = document.createElement(name);
  made.className = classes;
  made.textContent = text;
  return made;
}
