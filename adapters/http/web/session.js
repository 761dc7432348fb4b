// Who plays, and what must outlive a reload: the session and the bet that has no answer yet. Neither is ever in an address.

import { Problem } from "./api.js";

/** The operator of play money, which lets anybody in. */
export const PLAY_MONEY = "social";
const NAME = /^[A-Za-z0-9_-]{1,40}$/;

/** The play-money player: `?player=NAME`, else a random name that this browser keeps. */
export function playerName() {
  const asked = new URLSearchParams(location.search).get("player");
  if (asked && NAME.test(asked)) return asked;
  let name = localStorage.getItem("player");
  if (!name || !NAME.test(name)) {
    name = "guest-" + Array.from(crypto.getRandomValues(new Uint8Array(5)), (byte) => (byte % 36).toString(36)).join("");
    localStorage.setItem("player", name);
  }
  return name;
}

/** An operator's launch, `#operator=...&token=...`. It is taken out of the address: the token is good once. */
function launched() {
  const hash = new URLSearchParams(location.hash.slice(1));
  const launch = { operator: hash.get("operator"), token: hash.get("token") };
  if (!launch.operator || !launch.token) return null;
  history.replaceState(null, "", location.pathname + location.search);
  return launch;
}

export class Session {
  constructor(api, game, player) {
    this.api = api;
    this.game = game;
    this.player = player;
    this.key = `${game}/${player}`;
    this.launch = launched();
    if (this.launch) sessionStorage.setItem(`operator/${game}`, this.launch.operator);
    this.casino = sessionStorage.getItem(`operator/${game}`); // null: nobody launched it, it is play money
    this.operator = this.casino ?? PLAY_MONEY;
    if (this.casino) this.key = `${game}/at ${this.casino}`;
  }

  /** The game as its player's operator has it: its return, its stakes. Throws `Problem`. */
  async about() {
    try {
      return await this.api.ask("GET", `games/${encodeURIComponent(this.game)}?operator=${encodeURIComponent(this.operator)}`);
    } catch (error) {
      if (error.code === "not_found" && !this.casino) throw new Problem({ code: "no_launch", detail: "Open this game at your casino." });
      throw error;
    }
  }

  /** The session of this tab, as it is now, or a new one. */
  async enter() {
    this.api.bearer = this.launch ? null : sessionStorage.getItem(`session/${this.key}`);
    if (this.api.bearer) {
      try {
        return await this.api.ask("GET", "session");
      } catch (error) {
        if (error.code !== "unauthenticated") throw error;
      }
    }
    return this.open();
  }

  async open() {
    this.api.bearer = null;
    if (this.casino && !this.launch) {
      throw new Problem({ code: "session_over", detail: "Your session has ended. Open the game again at your casino." });
    }
    const player = this.launch ?? { operator: PLAY_MONEY, token: `demo-${this.player}` };
    this.launch = null;
    const opening = { ...player, game: this.game };
    const session = await this.api.ask("POST", "sessions", opening);
    this.api.bearer = session.session;
    sessionStorage.setItem(`session/${this.key}`, session.session);
    return session;
  }

  /** Ask; if the session has ended meanwhile, open another one and ask again. A round belongs to the player, not to it. */
  async ask(method, path, body) {
    try {
      return await this.api.ask(method, path, body);
    } catch (error) {
      if (error.code !== "unauthenticated") throw error;
      await this.open();
      return this.api.ask(method, path, body);
    }
  }

  /** The id of the round that was asked for and has no end yet. */
  get pending() {
    return sessionStorage.getItem(`pending/${this.key}`);
  }

  set pending(round) {
    if (round) sessionStorage.setItem(`pending/${this.key}`, round);
    else sessionStorage.removeItem(`pending/${this.key}`);
  }
}
