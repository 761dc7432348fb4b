// The HTTP API: one request, one answer; and how to insist on an answer.

/** The server said no, or not now. The fields are those of its problem answer. */
export class Problem extends Error {
  constructor(body) {
    super(body.detail);
    Object.assign(this, { code: body.code, retryable: body.retryable, round: body.round, reason: body.reason });
  }
}

/** No answer that can be read came back: what was asked was done, or not. */
export class Unanswered extends Error {
  retryable = true;
}

const TIMEOUT = 40_000;

export class Api {
  /** `base`: the address of `/v1/`. */
  constructor(base) {
    this.base = base;
    this.bearer = null;
  }

  /** The answer's body. Throws `Problem`, `Unanswered`. */
  async ask(method, path, body) {
    const headers = {};
    if (this.bearer) headers.Authorization = `Bearer ${this.bearer}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    let response, answer;
    try {
      response = await fetch(new URL(path, this.base), {
        method,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
        cache: "no-store",
        credentials: "omit",
        signal: AbortSignal.timeout(TIMEOUT),
      });
      answer = await response.json();
    } catch {
      throw new Unanswered("no answer");
    }
    if (response.ok) return answer;
    throw answer.code ? new Problem(answer) : new Unanswered(`status ${response.status}`);
  }
}

/** Waits that end early when the network is back, or when somebody says so. */
export class Patience {
  #wake = () => {};

  constructor() {
    addEventListener("online", () => this.hurry());
  }

  hurry() {
    this.#wake();
  }

  wait(milliseconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => (clearTimeout(timer), resolve());
    });
  }

  /** Send the same request until it is answered for good; `waiting(error)` hears of every time that it was not. */
  async insist(send, waiting) {
    for (let pause = 500; ; pause = Math.min(2 * pause, 8_000)) {
      try {
        return await send();
      } catch (error) {
        if (!error.retryable) throw error;
        waiting(error);
        await this.wait(pause);
      }
    }
  }
}

/** A new id for a round: a lower-case UUID. `randomUUID` is there in secure contexts only. */
export function newRoundId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
