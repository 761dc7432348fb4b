// Who plays, and what must outlive a reload: the session and the bet that has no answer yet. Neither is ever in an address.

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

export class Session {
  constructor(api, game, player) {
    this.api = api;
    this.game = game;
    this.player = player;
    this.key = `${game}/${player}`;
  }

  /** The session of this tab, as it is now, or a new one. */
  async enter() {
    this.api.bearer = sessionStorage.getItem(`session/${this.key}`);
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
    const opening = { operator: "social", token: `demo-${this.player}`, game: this.game };
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
