const WAIT_MS = 15_000;

/** What came in, and who waits for what. */
export class Inbox<Item> {
  readonly #items: Item[] = [];
  readonly #waiting = new Set<() => void>();

  get items(): readonly Item[] {
    return this.#items;
  }

  push(item: Item): void {
    this.#items.push(item);
    this.#waiting.forEach((look) => {
      look();
    });
  }

  /** The first that it is, also one already here. */
  first<Found extends Item>(isIt: (item: Item) => item is Found): Promise<Found> {
    return new Promise((resolve, reject) => {
      const giveUp = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`not within ${WAIT_MS} ms`));
      }, WAIT_MS);
      const look = (): void => {
        const found = this.#items.find(isIt);
        if (found !== undefined) {
          this.#waiting.delete(look);
          clearTimeout(giveUp);
          resolve(found);
        }
      };
      this.#waiting.add(look);
      look();
    });
  }
}
