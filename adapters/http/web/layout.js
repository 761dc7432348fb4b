// Where the bets of a roulette table stand, and how they are called.

const MONEY = { low: "1–18", even: "Even", red: "Red", black: "Black", odd: "Odd", high: "19–36" };
const NTH = ["", "1st", "2nd", "3rd"];

const parts = (bet) => {
  const [, kind, digits] = /^(number|dozen|column)-(\d+)$/.exec(bet) ?? [];
  return { kind, n: Number(digits) };
};

/** `[column, row, columns, rows]` in a grid of 14 by 5, or nothing for a bet that no such table has. */
export function placeOf(bet) {
  const { kind, n } = parts(bet);
  if (kind === "number") return n ? [Math.ceil(n / 3) + 1, 3 - ((n - 1) % 3), 1, 1] : [1, 1, 1, 3];
  if (kind === "dozen") return [4 * n - 2, 4, 4, 1];
  if (kind === "column") return [14, 4 - n, 1, 1];
  const at = Object.keys(MONEY).indexOf(bet);
  return at < 0 ? undefined : [2 * at + 2, 5, 2, 1];
}

/** What stands on the felt. */
export function printed(bet) {
  const { kind, n } = parts(bet);
  if (kind === "number") return String(n);
  if (kind === "dozen") return `${NTH[n]} 12`;
  if (kind === "column") return "2 to 1";
  return MONEY[bet];
}

/** What is said of it: "number 17", "dozen 1", "red". */
export const named = (bet) => bet.replaceAll("-", " ");
