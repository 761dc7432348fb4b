// Anything else: said in words, so that a client which does not know an event still tells the whole round.

const LOOK = 400; // milliseconds

export async function show(event, stage, showing) {
  const { win } = event;
  stage.tell(words(Number.isInteger(win) ? { ...event, win: win ? stage.worth(win) : "nothing" } : event));
  await showing.pause(LOOK);
}

export function words({ type, ...fields }) {
  const parts = Object.entries(fields).map(([name, value]) => `${name.replaceAll("_", " ")} ${plain(value)}`);
  return [String(type).replaceAll("_", " "), ...parts].join(" · ");
}

function plain(value) {
  if (Array.isArray(value)) return value.map(plain).join(", ");
  if (value && typeof value === "object") return Object.entries(value).map(([k, v]) => `${k} ${plain(v)}`).join(", ");
  return String(value);
}
