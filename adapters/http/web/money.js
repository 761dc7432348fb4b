// Money is a whole number of minor units, and likelihoods are whole numbers of a whole. Only here do they become text.

/** `1234567` with exponent 2 is `12,345.67`. */
export function money(minor, exponent) {
  const digits = String(Math.abs(minor)).padStart(exponent + 1, "0");
  const whole = digits.slice(0, digits.length - exponent).replace(/\B(?=(\d{3})+$)/g, ",");
  const fraction = exponent ? "." + digits.slice(-exponent) : "";
  return (minor < 0 ? "−" : "") + whole + fraction;
}

/** 3 of 1000 are `0.3 %`; three decimals at most. */
export function percent(part, whole) {
  return `${Number(((100 * part) / whole).toFixed(3))} %`;
}
