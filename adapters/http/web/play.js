// One round, from the press of a button to its end. What is not answered is asked again under the same id.

import { newRoundId, Unanswered } from "./api.js";

/** States in which the server still walks the round by itself. */
const WALKING = new Set(["opened", "escrowed", "raising", "drawn", "cancelling"]);

export class Play {
  /** `tell(error)` hears why there is no answer yet, `tell(null)` that there is one; `see(round)` what is new of it. */
  constructor(session, patience, { tell, see }) {
    Object.assign(this, { session, patience, tell, see });
  }

  /** A new bet. Returns the round at its end, or where it waits for a choice. Throws `Problem`. */
  async bet(body) {
    const id = newRoundId();
    this.session.pending = id;
    try {
      return await this.#walk(id, () => this.session.ask("PUT", `rounds/${id}`, body));
    } catch (error) {
      this.session.pending = null; // the server said no: there is no such round, or it took nothing
      throw error;
    }
  }

  /** A choice of a round that waits. */
  choose(round, choice) {
    const body = { turn: round.turn, choice };
    return this.#walk(round.round, () => this.session.ask("POST", `rounds/${round.round}/choices`, body));
  }

  /** A round of before: to its end, or to its choice. */
  async resume(id) {
    this.session.pending = id;
    return this.#walk(id, () => this.session.ask("GET", `rounds/${id}`));
  }

  async #walk(id, first) {
    let round = await this.#insist(first);
    for (let pause = 300; WALKING.has(round.state); pause = Math.min(2 * pause, 5_000)) {
      await this.see(round);
      await this.patience.wait(pause);
      round = await this.#insist(() => this.session.ask("GET", `rounds/${id}`));
    }
    if (round.state !== "awaiting") this.session.pending = null;
    await this.see(round);
    return round;
  }

  async #insist(send) {
    const answer = await this.patience.insist(send, this.tell);
    this.tell(null);
    return answer;
  }
}

/** What a person should read about an error. */
export function wordsFor(error) {
  if (error instanceof Unanswered)
    return "No connection to the game. Nothing is lost: the same round is asked for again until there is an answer.";
  switch (error.code) {
    case "declined":
      return DECLINED[error.reason] ?? "The operator refused this stake. Nothing was taken.";
    case "busy":
    case "too_many":
      return "The server is busy. The same round is asked for again in a moment.";
    case "rng_unhealthy":
      return "No outcome can be drawn at the moment, and no money moves. The page keeps asking.";
    case "game_unavailable":
      return "The game is away for a moment. Your round waits for it.";
    default:
      return `${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}.`.replace(/\.\.$/, ".");
  }
}

const DECLINED = {
  insufficient_funds: "Your balance is too low for this stake. Nothing was taken.",
  limit: "A limit of yours does not allow this stake. Nothing was taken.",
  player_blocked: "Your account cannot play at the moment. Nothing was taken.",
  reward_invalid: "These free rounds are over, or not for this game. Nothing was taken.",
  unreachable: "The operator cannot be reached. Nothing was taken.",
};
