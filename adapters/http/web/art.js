// A symbol as a picture of the game's; or, where it has none, as its name on a tile of its own colour.

export class Art {
  #none = new Set();

  constructor(game) {
    this.base = new URL(`art/${game}/`, location.href);
    this.symbols = [];
  }

  /** These symbols occur in the game. */
  know(symbols) {
    this.symbols = [...new Set([...this.symbols, ...symbols])];
  }

  /** Any of the symbols: for reels that still move, and so show nothing that counts. */
  any() {
    return this.symbols[Math.floor(Math.random() * this.symbols.length)] ?? "";
  }

  draw(symbol) {
    if (this.#none.has(symbol)) return tile(symbol);
    const image = new Image();
    image.src = new URL(`${encodeURIComponent(symbol)}.svg`, this.base);
    image.alt = symbol;
    image.draggable = false;
    image.addEventListener("error", () => {
      this.#none.add(symbol);
      image.replaceWith(tile(symbol));
    });
    return image;
  }
}

function tile(symbol) {
  const tile = document.createElement("span");
  tile.className = "tile";
  tile.textContent = symbol.replace(/[-_]/g, " ");
  let hue = 0;
  for (const letter of symbol) hue = (hue * 31 + letter.codePointAt(0)) % 360;
  tile.style.setProperty("--hue", hue);
  return tile;
}
